import { readFileSync } from 'node:fs';
import { type ServiceName, serviceNames } from '@tsunagu/contracts';
import { z } from 'zod';

const database = z.object({
  /** Connection of the runtime role. */
  url: z.string(),
  /** Connection of the role that owns the schema; when absent, this process runs no migrations. */
  ownerUrl: z.string().optional(),
});

/** A service's log: a schema in PostgreSQL, or a prefix of streams in KurrentDB. */
const eventsDatabase = z.union([
  database,
  z.object({
    kurrentdb: z.object({
      /** `esdb://user:password@host:2113?tlsCAFile=…` (docs/kurrentdb.md). */
      connectionString: z.string(),
    }),
  }),
]);

/** PEM texts; from the environment with `env:NAME`, as every string here. */
const tls = z.strictObject({ ca: z.string().optional(), cert: z.string().optional(), key: z.string().optional() });

/** The bus on Kafka (docs/distributed.md). */
const kafka = z.strictObject({
  /** `host:port` of some of the brokers. */
  brokers: z.array(z.string()).min(1),
  /** Before every topic and group, for several installations on one cluster. */
  prefix: z.string().optional(),
  /** TLS: `true` trusts the authorities that Node ships with. */
  ssl: z.union([z.boolean(), tls]).optional(),
  sasl: z
    .strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
      username: z.string(),
      password: z.string(),
    })
    .optional(),
  /** After this long without a sign of life an instance counts as dead. */
  sessionTimeoutMs: z.number().int().min(6_000).optional(),
});

export const serviceConfig = z.object({
  host: z.string().default('127.0.0.1'),
  /** 0 takes any free port. */
  port: z.number().int().min(0).max(65_535).default(0),
  /** Where people reach the console; links and the OpenAPI documents name it. */
  publicUrl: z.string(),
  databases: z
    .object({
      events: eventsDatabase,
      reads: database,
      keys: z.object({ url: z.string() }).optional(),
      bus: z.object({ url: z.string() }),
    })
    .optional(),
  /** When given, the bus is there and not in `databases.bus`. */
  kafka: kafka.optional(),
  /** Whose tokens are believed. `roles` limits what an issuer may assert. */
  issuers: z.array(
    z.object({ issuer: z.string(), jwksUrl: z.string(), audience: z.string(), roles: z.array(z.string()).optional() }),
  ),
  /** Client credentials of this service (RFC 6749 section 4.4). */
  client: z.object({ id: z.string(), secret: z.string(), tokenUrl: z.string() }),
  /** Base URL of each service. */
  services: z.partialRecord(z.enum(serviceNames), z.string()),
  secrets: z.object({
    /** Base64, 32 bytes: keyed hashes of requests and of facts. */
    fingerprintKey: z.string(),
    /** Base64, 32 bytes: wraps the persons' data keys. Absent in services that may not open them. */
    keyEncryptionKey: z.string().optional(),
    /** Private JWK (JSON) that intake signs persons' tokens with. */
    personTokenKey: z.string().optional(),
  }),
  logLevel: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug']).default('info'),
});

export type ServiceConfig = z.infer<typeof serviceConfig>;
export type ServiceConfigInput = z.input<typeof serviceConfig>;

/**
 * The configuration of a service that runs alone: the JSON file that TSUNAGU_CONFIG names. A string `env:NAME` in it
 * is replaced by that environment variable, so that secrets may come from either.
 * @throws Error that says what is missing and how to give it
 */
export function readConfig(service: ServiceName, environment: NodeJS.ProcessEnv): ServiceConfig {
  const file = environment['TSUNAGU_CONFIG'] ?? `${environment['TSUNAGU_DATA'] ?? '.tsunagu'}/services/${service}.json`;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(
      `No configuration at ${file}. Start the embedded default once with \`npm start\` (it writes one per service), or name your own file in TSUNAGU_CONFIG.`,
    );
  }
  const parsed = serviceConfig.safeParse(JSON.parse(text, (_, value: unknown) => resolve(value, environment)));
  if (!parsed.success)
    throw new Error(`${file} is not a configuration of ${service}:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function resolve(value: unknown, environment: NodeJS.ProcessEnv): unknown {
  if (typeof value !== 'string' || !value.startsWith('env:')) return value;
  const found = environment[value.slice(4)];
  if (found === undefined) throw new Error(`The configuration needs the environment variable ${value.slice(4)}.`);
  return found;
}
