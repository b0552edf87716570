export { postgresEventStore } from './postgres/store';
export type { PostgresEventStoreOptions } from './postgres/store';
export { eventStoreSchemaSql } from './postgres/schema';
export { pairOf, positionOf } from './postgres/position';
export { kurrentEventStore } from './kurrentdb/store';
export type { KurrentEventStoreOptions } from './kurrentdb/store';
export { copyLog, LogsDiffer } from './copy';
export type { Copied, CopyOptions, CopyTarget, OnProgress } from './copy';
export { openLog, openTarget } from './log-url';
