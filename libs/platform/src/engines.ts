import { Logger } from '@nestjs/common';
import type { ServiceName } from '@tsunagu/contracts';
import { type EventBus, kafkaEventBus, postgresEventBus, reasonOf } from '@tsunagu/event-bus';
import type { EventStore } from '@tsunagu/event-sourcing';
import { kurrentEventStore, postgresEventStore } from '@tsunagu/event-store';
import { fileKeyEncryption, type Sealer, sealer } from '@tsunagu/sealing';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import type { ServiceConfig } from './config';
import { schemaOf, type ServiceDefinition } from './definition';
import { answers, type Check } from './health';
import type { Clock } from './injection';
import { PreparingClient } from './preparing-client';

type Databases = NonNullable<ServiceConfig['databases']>;

/** What a service that keeps anything stands on. */
export interface Engines {
  readonly store: EventStore;
  readonly bus: EventBus;
  readonly reads: DataSource;
  /** The same database as `reads`, for the platform's own statements (inbox, checkpoints, locks). */
  readonly readsPool: Pool;
  readonly sealer?: Sealer;
  /** Whether each of them answers. */
  readonly checks: readonly Check[];
  close(): Promise<void>;
}

/** Best pool size measured for single-row commits (PERFORMANCE.md). */
const POOL_SIZE = 8;
const PING_MS = 4_000;

/** After some 20 s the server takes a client that vanished without a word for gone, and its locks are free; by default after hours. */
const KEEPALIVES = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=3 -c tcp_keepalives_count=3';

export const searchPath = (schema: string): string => `-c search_path=${schema} ${KEEPALIVES}`;

export async function openEngines(
  definition: ServiceDefinition,
  config: ServiceConfig,
  clock: Clock,
): Promise<Engines | undefined> {
  const { databases } = config;
  if (!databases) return undefined;
  const schema = schemaOf(definition.name);
  const store = openEventStore(databases.events, schema);
  const logger = new Logger(definition.name);
  const bus = openEventBus(definition.name, config, (error) => logger.error({ worker: 'bus', error: reasonOf(error) }));
  const readsPool = new Pool({ connectionString: databases.reads.url, options: searchPath(schema), max: POOL_SIZE });
  readsPool.on('error', () => undefined);
  const reads = await dataSource(definition, databases.reads.url).initialize();
  const keys = definition.seals === false ? undefined : keyPool(databases.keys?.url);
  const sealing =
    keys &&
    sealer({
      pool: keys,
      keyEncryption: fileKeyEncryption(keyEncryptionKey(config)),
      tenant: 'tsunagu',
      now: () => clock.now(),
    });
  const close = async (): Promise<void> => {
    await sealing?.close();
    await Promise.all([store.close(), bus.close(), reads.destroy(), readsPool.end(), keys?.end()]);
  };
  const checks = [
    answers('database', () => ping(readsPool)),
    answers('events', () => store.head()),
    answers('bus', () => bus.check()),
    ...(keys ? [answers('keys', () => ping(keys))] : []),
  ];
  return { store, bus, reads, readsPool, checks, ...(sealing ? { sealer: sealing } : {}), close };
}

/** A service's own log, wherever the configuration keeps it; `schema` is also its prefix in KurrentDB. */
export const openEventStore = (events: Databases['events'], schema: string): EventStore =>
  'kurrentdb' in events
    ? kurrentEventStore({ connectionString: events.kurrentdb.connectionString, prefix: schema })
    : postgresEventStore({ connectionString: events.url, schema });

/** The bus, wherever the configuration has it, with the rights of that service. */
export function openEventBus(
  name: ServiceName,
  { databases, kafka, retry }: Pick<ServiceConfig, 'databases' | 'kafka' | 'retry'>,
  onError: (error: unknown) => void = () => undefined,
): EventBus {
  const more = { onError, ...(retry ? { retry } : {}) };
  if (kafka) return kafkaEventBus({ ...kafka, clientId: name, ...more });
  if (!databases?.bus) throw new Error(`${name} has no bus: name one in databases.bus, or brokers in kafka.`);
  return postgresEventBus({ connectionString: databases.bus.url, ...more });
}

/** The read models' database, as TypeORM sees it; `url` decides with which role. */
export const dataSource = (definition: ServiceDefinition, url: string): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    entities: [...(definition.entities ?? [])],
    migrations: [...(definition.migrations ?? [])],
    migrationsTransactionMode: 'each',
    poolSize: POOL_SIZE,
    // What is prepared while a table is empty must still fit when it is large.
    extra: { options: `${searchPath(schemaOf(definition.name))} -c enable_seqscan=off`, Client: PreparingClient },
    poolErrorHandler: () => undefined,
  });

/** A connection that does not answer is closed: a check must not use up the pool. */
function ping(pool: Pool): Promise<unknown> {
  const question = { text: 'SELECT 1', query_timeout: PING_MS };
  return pool.query(question);
}

function keyPool(url: string | undefined): Pool | undefined {
  if (url === undefined) return undefined;
  const pool = new Pool({ connectionString: url, max: POOL_SIZE });
  pool.on('error', () => undefined);
  return pool;
}

function keyEncryptionKey(config: ServiceConfig): Buffer {
  const key = config.secrets.keyEncryptionKey;
  if (key === undefined)
    throw new Error('secrets.keyEncryptionKey is missing: without it no sealed field can be opened.');
  return Buffer.from(key, 'base64');
}
