export * from './port';
export { publishable, type Catalogue } from './publishable';
export { isOutage, reasonOf, type RetryPolicy } from './retry';
export { postgresEventBus, type PostgresEventBusOptions } from './postgres/bus';
export { busSchemaSql, type BusRights } from './postgres/schema';
export { emptyInbox, inboxSchemaSql, onceInto } from './inbox';
export { relay, type Relay, type RelayOptions } from './relay';
