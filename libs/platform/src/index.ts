export * from './access';
export { AccessLog, type Access } from './access-log';
export * from './await-revision';
export { CaughtUp } from './caught-up';
export {
  asRole,
  type ServiceConfig,
  type ServiceConfigInput,
  serviceConfig,
  readConfig,
  readDatabases,
} from './config';
export { readConfigFile } from './config-file';
export * from './definition';
export { type EmergencyRead, EmergencyReads } from './emergency-reads';
export * from './event-context';
export { type Engines, openEventBus, openEventStore } from './engines';
export { Health, type Check } from './health';
export { IdPipe } from './id.pipe';
export { idFrom, uuidFrom } from './ids';
export { type Clock, CLOCK, CONFIG, EVENT_BUS, EVENT_STORE, SEALER } from './injection';
export { migrate } from './migrate';
export { migrateAlone } from './migrate-alone';
export { documentOf, openApiOf } from './openapi';
export { outgoingOf } from './outgoing';
export * from './problems';
export { type Route, routesOf } from './routes';
export * from './service';
export { ServiceClient, ServiceRefusal } from './service-client';
export { Tokens } from './tokens';
export { traceparentFor, traceRequests } from './telemetry/requests';
export { startTelemetry } from './telemetry/start';
export { Telemetry } from './telemetry/telemetry';
export { type Workers } from './workers';
