export { postgresEventStore } from './postgres/store';
export type { PostgresEventStoreOptions } from './postgres/store';
export { eventStoreSchemaSql } from './postgres/schema';
export { kurrentEventStore } from './kurrentdb/store';
export type { KurrentEventStoreOptions } from './kurrentdb/store';
