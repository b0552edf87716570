import { setTimeout as delay } from 'node:timers/promises';
import { busSchemaSql, type KafkaConnectionOptions } from '@tsunagu/event-bus';
import { keySchemaSql } from '@tsunagu/sealing';
import {
  type RunningService,
  schemaOf,
  type ServiceConfigInput,
  serviceConfig,
  type ServiceDefinition,
  startService,
  type Workers,
} from '@tsunagu/platform';
import { topics } from '@tsunagu/contracts';
import { Client } from 'pg';
import { freshDatabase } from './database';
import { type SampleWorker, startTestIssuer, type TestIssuer } from './issuer';

export type Caller = SampleWorker | { readonly person: string } | { readonly service: string };

export interface Call {
  /** Nobody when absent. */
  readonly as?: Caller;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** JSON-encoded; a string is sent as it is. Makes the method POST unless one is given. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- specs assert on whatever came back
  readonly body: any;
  readonly headers: Headers;
}

export interface TestServices {
  /** HTTP to a service, as a sample worker, a person or another service. */
  call(service: ServiceDefinition['name'], path: string, call?: Call): Promise<Answer>;
  /** Waits until every read model, relay and consumer has caught up. */
  settle(): Promise<void>;
  /** What the services take for now; move it to move time. */
  readonly clock: { now(): Date; set(instant: string): void; advance(milliseconds: number): void };
  readonly issuer: TestIssuer;
  readonly databases: { readonly events: string; readonly reads: string; readonly keys: string; readonly bus: string };
  readonly running: ReadonlyMap<string, RunningService>;
  close(): Promise<void>;
}

export interface StartOptions {
  /** Those of services that were closed: the new ones go on where they were. */
  readonly databases?: TestServices['databases'];
  /** Connection string; then the logs are kept there instead of in PostgreSQL. */
  readonly kurrentdb?: string;
  /** Beside what the run gives, such as `{ logLevel: 'debug' }`. */
  readonly config?: Partial<ServiceConfigInput>;
  /** Such as `freshTopics()`; then the bus is there instead of in PostgreSQL. */
  readonly kafka?: Pick<KafkaConnectionOptions, 'brokers' | 'prefix'>;
  /** A provider of tokens beside the test issuer, where the services get theirs. */
  readonly provider?: Pick<ServiceConfigInput, 'issuers'> & {
    readonly tokenUrl: string;
    readonly secretOf: (service: string) => string;
  };
}

const SETTLE_MS = 20_000;

/** The services given, for real: own PostgreSQL databases, own ports, real tokens, one process. */
export async function startServices(
  definitions: readonly ServiceDefinition[],
  options: StartOptions = {},
): Promise<TestServices> {
  const issuer = await startTestIssuer();
  const databases = options.databases ?? {
    events: await freshDatabase(),
    reads: await freshDatabase(),
    keys: await freshDatabase(),
    bus: await freshDatabase(),
  };
  await provision(databases, definitions);
  const clock = movableClock();
  const urls: ServiceConfigInput['services'] = {};
  const running = new Map<string, RunningService>();
  for (const definition of definitions) {
    const config = serviceConfig.parse(configOf(definition, databases, issuer, options));
    config.services = urls;
    const service = await startService(definition, config, clock);
    urls[definition.name] = service.url;
    running.set(definition.name, service);
  }
  const watcher = new Client({ connectionString: databases.events });
  // Specs that cut the line to the databases cut this one too.
  watcher.on('error', () => undefined);
  await watcher.connect();
  const workers: Workers[] = [];
  for (const service of running.values()) workers.push(await service.work());
  return {
    clock,
    issuer,
    databases,
    running,
    call: (service, path, call = {}) => request(`${urls[service] ?? ''}${path}`, call, issuer),
    settle: () => settled(workers, watcher),
    close: async () => {
      await Promise.all([...running.values()].map((service) => service.close()));
      await watcher.end();
      await issuer.close();
    },
  };
}

function configOf(
  definition: ServiceDefinition,
  databases: TestServices['databases'],
  issuer: TestIssuer,
  { kurrentdb, kafka, config, provider }: StartOptions,
): ServiceConfigInput {
  const owned = (url: string) => ({ url, ownerUrl: url });
  return {
    publicUrl: 'http://localhost:8080',
    databases: {
      events: kurrentdb === undefined ? owned(databases.events) : { kurrentdb: { connectionString: kurrentdb } },
      reads: owned(databases.reads),
      keys: { url: databases.keys },
      bus: { url: databases.bus },
    },
    ...(kafka ? { kafka: { brokers: [...kafka.brokers], prefix: kafka.prefix } } : {}),
    issuers: [...(provider?.issuers ?? []), ...issuer.issuers],
    client: {
      id: definition.name,
      secret: provider?.secretOf(definition.name) ?? 'test',
      tokenUrl: provider?.tokenUrl ?? issuer.tokenUrl,
    },
    services: {},
    secrets: {
      fingerprintKey: Buffer.alloc(32, 1).toString('base64'),
      keyEncryptionKey: Buffer.alloc(32, 2).toString('base64'),
      personTokenKey: issuer.personTokenKey,
    },
    logLevel: process.env['TSUNAGU_TEST_LOG'] === undefined ? 'silent' : 'debug',
    ...config,
  };
}

async function provision(
  databases: TestServices['databases'],
  definitions: readonly ServiceDefinition[],
): Promise<void> {
  const schemas = definitions.map(({ name }) => `CREATE SCHEMA IF NOT EXISTS ${schemaOf(name)};`).join('');
  await run(databases.events, schemas);
  await run(databases.reads, schemas);
  await run(databases.keys, keySchemaSql('postgres'));
  await run(databases.bus, busSchemaSql([{ role: 'postgres', publishes: topics, reads: topics }]));
}

async function run(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function movableClock(): TestServices['clock'] {
  let offset = 0;
  return {
    now: () => new Date(Date.now() + offset),
    set: (instant) => {
      offset = Date.parse(instant) - Date.now();
    },
    advance: (milliseconds) => {
      offset += milliseconds;
    },
  };
}

async function request(url: string, { as, method, body, headers }: Call, issuer: TestIssuer): Promise<Answer> {
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(as === undefined ? {} : { authorization: `Bearer ${await tokenOf(as, issuer)}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
  return { status: response.status, body: json ? (JSON.parse(text) as unknown) : text, headers: response.headers };
}

function tokenOf(as: Caller, issuer: TestIssuer): Promise<string> {
  if (typeof as === 'string') return issuer.workerToken(as);
  return 'person' in as ? issuer.personToken(as.person) : issuer.serviceToken(as.service);
}

/**
 * Twice in a row nothing behind: an effect of the last event may itself have caused one. What a log or the bus holds
 * back, because a transaction elsewhere in the server is still open, counts as behind too.
 */
async function settled(workers: readonly Workers[], database: Client): Promise<void> {
  const deadline = Date.now() + SETTLE_MS;
  for (let quiet = 0; quiet < 2;) {
    const { rows } = await database.query<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid');
    const visible = await everythingVisible(database, rows[0]?.xid ?? '0');
    const lags = await Promise.all(workers.map((worker) => worker.lag()));
    quiet = visible && lags.every((lag) => lag === 0) ? quiet + 1 : 0;
    if (Date.now() > deadline) throw new Error(`still ${lags.join(', ')} events behind after ${SETTLE_MS} ms`);
    if (quiet < 2) await delay(10);
  }
}

async function everythingVisible(database: Client, upTo: string): Promise<boolean> {
  const sql = 'SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 AS visible';
  for (let tries = 0; tries < 200; tries += 1) {
    const { rows } = await database.query<{ visible: boolean }>(sql, [upTo]);
    if (rows[0]?.visible) return true;
    await delay(5);
  }
  return false;
}
