export { postgresEventStore } from './postgres/store';
export type { PostgresEventStoreOptions } from './postgres/store';
export { eventStoreSchemaSql } from './postgres/schema';
