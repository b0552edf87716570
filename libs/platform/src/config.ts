import { existsSync } from 'node:fs';
import { type ServiceName, serviceNames } from '@tsunagu/contracts';
import { z } from 'zod';
import { readConfigFile } from './config-file';
import { schemaOf } from './definition';

/** `postgresql://…`; one that names no user is meant for the service's own role (`schemaOf`). */
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

const databases = z.object({
  events: eventsDatabase,
  reads: database,
  keys: z.object({ url: z.string() }).optional(),
  /** The bus, unless it is on Kafka. */
  bus: z.object({ url: z.string() }).optional(),
});

/** PEM texts, or `file:/path` of one, as every string here. */
const tls = z.strictObject({ ca: z.string().optional(), cert: z.string().optional(), key: z.string().optional() });

const sasl = z.strictObject({
  mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
  username: z.string(),
  password: z.string(),
});

/** The bus on Kafka (docs/distributed.md). */
const kafka = z.strictObject({
  /** `host:port` of some of the brokers. */
  brokers: z.array(z.string()).min(1),
  /** Before every topic and group, for several installations on one cluster. */
  prefix: z.string().optional(),
  /** TLS: `true` trusts the authorities that Node ships with. */
  ssl: z.union([z.boolean(), tls]).optional(),
  sasl: sasl.optional(),
  /** After this long without a sign of life an instance counts as dead. */
  sessionTimeoutMs: z.number().int().min(6_000).optional(),
});

/** Client credentials of a service (RFC 6749 section 4.4). */
const client = z.object({ id: z.string(), secret: z.string(), tokenUrl: z.string() });

const whole = z.object({
  host: z.string().default('127.0.0.1'),
  /** 0 takes any free port. */
  port: z.number().int().min(0).max(65_535).default(0),
  /** Where people reach the console; links and the OpenAPI documents name it. */
  publicUrl: z.string(),
  databases: databases.optional(),
  /** When given, the bus is there and not in `databases.bus`. */
  kafka: kafka.optional(),
  /** How patiently a consumer tries an event that fails before it is set aside; an outage is waited out in any case. */
  retry: z
    .strictObject({
      attempts: z.number().int().min(1),
      firstDelayMs: z.number().int().min(0),
      maxDelayMs: z.number().int().min(0),
    })
    .optional(),
  /** Whose tokens are believed. `roles` limits what an issuer may assert. */
  issuers: z.array(
    z.object({ issuer: z.string(), jwksUrl: z.string(), audience: z.string(), roles: z.array(z.string()).optional() }),
  ),
  client,
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
  /** A service of which some part is more than so many events behind is not ready (docs/observability.md). */
  lagBound: z.number().int().min(1).default(10_000),
  logLevel: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug']).default('info'),
});

const namesTheBus = ({ databases: named, kafka: brokers }: z.infer<typeof whole>): boolean =>
  !named || named.bus !== undefined || brokers !== undefined;

const NO_BUS = { path: ['databases', 'bus'], error: 'is missing: name the bus, here or as `kafka`' };

export const serviceConfig = whole.refine(namesTheBus, NO_BUS);

export type ServiceConfig = z.infer<typeof serviceConfig>;
export type ServiceConfigInput = z.input<typeof serviceConfig>;

/**
 * As files may say it, so that one file can serve every service: what is the same for all stands in it, and what is
 * not follows from the service's name.
 */
const fileOf = (service: ServiceName) =>
  whole
    .extend({
      databases: databasesOf(service).optional(),
      client: client.extend({ id: z.string().default(service) }),
      kafka: kafka.extend({ sasl: sasl.extend({ username: z.string().default(service) }).optional() }).optional(),
    })
    .refine(namesTheBus, NO_BUS);

const databasesOf = (service: ServiceName) =>
  databases
    .extend({
      /** Of the service's role, for every address that names no user. */
      password: z.string().optional(),
      /** Of the owner's role, which then migrates at the same addresses: for a job that runs before the services. */
      ownerPassword: z.string().optional(),
    })
    .transform(({ password, ownerPassword, ...named }) => {
      const ours = (url: string): string => (namesNobody(url) ? asRole(url, schemaOf(service), password) : url);
      const owned = ({ url, ownerUrl }: z.infer<typeof database>) => {
        const owner = ownerPassword && asRole(url, `${schemaOf(service)}_owner`, ownerPassword);
        return { url: ours(url), ownerUrl: ownerUrl ?? owner };
      };
      return {
        events: 'kurrentdb' in named.events ? named.events : owned(named.events),
        reads: owned(named.reads),
        ...(named.keys ? { keys: { url: ours(named.keys.url) } } : {}),
        ...(named.bus ? { bus: { url: ours(named.bus.url) } } : {}),
      };
    });

const namesNobody = (address: string): boolean => URL.canParse(address) && new URL(address).username === '';

/** The address for this role instead of anybody that it names. */
export function asRole(address: string, role: string, password = ''): string {
  const url = new URL(address);
  url.username = role;
  url.password = encodeURIComponent(password);
  return url.href;
}

/**
 * The configuration of a service that runs alone: the JSON file that TSUNAGU_CONFIG names (config-file.ts).
 * @throws Error that says what is missing and how to give it
 */
export const readConfig = (service: ServiceName, environment: NodeJS.ProcessEnv): ServiceConfig =>
  read(service, environment, fileOf(service));

/** As much of it as migrating needs. @throws as `readConfig` */
export const readDatabases = (service: ServiceName, environment: NodeJS.ProcessEnv): Pick<ServiceConfig, 'databases'> =>
  read(service, environment, z.object({ databases: databasesOf(service).optional() }), 'databases');

function read<Schema extends z.ZodType>(
  service: ServiceName,
  environment: NodeJS.ProcessEnv,
  schema: Schema,
  section?: string,
): z.output<Schema> {
  const file = environment['TSUNAGU_CONFIG'] ?? `${environment['TSUNAGU_DATA'] ?? '.tsunagu'}/services/${service}.json`;
  if (!existsSync(file))
    throw new Error(
      `No configuration at ${file}. Start the embedded default once with \`npm start\` (it writes one per service), or name your own file in TSUNAGU_CONFIG.`,
    );
  const parsed = schema.safeParse(readConfigFile(file, environment, section));
  if (!parsed.success)
    throw new Error(`${file} is not a configuration of ${service}:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
