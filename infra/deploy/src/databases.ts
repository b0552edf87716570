import { busSchemaSql, type BusRights } from '@tsunagu/event-bus';
import { asRole, schemaOf, type ServiceDefinition } from '@tsunagu/platform';
import { keySchemaSql } from '@tsunagu/sealing';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { declaredRights } from './kafka-declarations';
import { scramVerifier } from './scram';

export const DATABASES = ['events', 'reads', 'keys', 'bus'] as const;
export type Database = (typeof DATABASES)[number];

/** What provisioning knows of a service. */
export type Provisioned = Pick<ServiceDefinition, 'name' | 'seals'>;

export interface Server {
  /** `postgresql://…` of a role that may make roles and databases. */
  readonly adminUrl: string;
  /** @throws Error when the role's password is not known */
  readonly passwordOf: (role: string) => string;
}

export const runtimeRole = (service: ServiceDefinition['name']): string => schemaOf(service);
export const ownerRole = (service: ServiceDefinition['name']): string => `${schemaOf(service)}_owner`;
export const opensKeys = ({ seals }: Provisioned): boolean => seals !== false;

export function urlOf({ adminUrl, passwordOf }: Server, role: string, database: Database): string {
  const url = new URL(asRole(adminUrl, role, passwordOf(role)));
  url.pathname = database;
  return url.href;
}

/**
 * The databases, and per service one role that owns its schemas and one that works in them. A role reaches only its own
 * schemas; keys only where the service may open sealed fields; the bus only as declared in infra/kafka/rights.json.
 * Running it again changes nothing, unless a password or a service's rights have changed.
 */
export async function provision(
  server: Server,
  services: readonly Provisioned[],
  databases: readonly Database[] = DATABASES,
): Promise<void> {
  await connected(server.adminUrl, async (run) => {
    for (const role of rolesOf(services, databases)) await run(roleSql(role, server.passwordOf(role)));
    const existing = new Set((await run('SELECT datname FROM pg_database')).map(({ datname }) => datname));
    for (const database of databases) {
      if (!existing.has(database)) await run(`CREATE DATABASE ${database}`);
      await run(accessSql(database, services));
    }
  });
  for (const database of databases) {
    if (database === 'keys') await asOwner(server, database, services.filter(opensKeys).map(keysSql).join(';'));
    else if (database === 'bus') await asOwner(server, database, busSchemaSql(busRights(services)));
    else await Promise.all(services.map((service) => makeSchema(server, service, database)));
  }
}

/** Every role that needs a password where these databases are. */
export const rolesOf = (services: readonly Provisioned[], databases: readonly Database[]): readonly string[] => [
  ...services.flatMap(({ name }) => [runtimeRole(name), ownerRole(name)]),
  ...databases.filter((database) => database === 'keys' || database === 'bus').map((database) => `${database}_owner`),
];

const busRights = (services: readonly Provisioned[]): readonly BusRights[] =>
  declaredRights()
    .filter(({ service }) => services.some(({ name }) => name === service))
    .map(({ service, publishes, reads }) => ({ role: service.replace('-', '_'), publishes, reads }));

const keysSql = ({ name }: Provisioned): string => keySchemaSql(runtimeRole(name));

/** A read model is rebuilt, and compared, in a temporary table. */
const needed = (database: Database): string => (database === 'reads' ? 'CONNECT, TEMPORARY' : 'CONNECT');

function accessSql(database: Database, services: readonly Provisioned[]): string {
  const runtime = services
    .filter((service) => database !== 'keys' || opensKeys(service))
    .map(({ name }) => runtimeRole(name));
  const owners =
    database === 'keys' || database === 'bus' ? [`${database}_owner`] : services.map(({ name }) => ownerRole(name));
  return `REVOKE ALL ON DATABASE ${database} FROM PUBLIC;
    GRANT ${needed(database)} ON DATABASE ${database} TO ${[...runtime, ...owners].join(', ')};
    GRANT CREATE ON DATABASE ${database} TO ${owners.join(', ')};`;
}

/** The server is given a verifier, so that no log of its statements ever holds a password. */
function roleSql(role: string, password: string): string {
  const name = escapeIdentifier(role);
  return `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${escapeLiteral(role)})
    THEN CREATE ROLE ${name}; END IF; END $$;
    ALTER ROLE ${name} LOGIN PASSWORD ${escapeLiteral(scramVerifier(password))}`;
}

/** As its owner: on managed servers the administrator is no superuser and cannot give a schema away. */
const makeSchema = (server: Server, { name }: Provisioned, database: Database): Promise<void> =>
  connected(urlOf(server, ownerRole(name), database), async (run) => {
    await run(`CREATE SCHEMA IF NOT EXISTS ${escapeIdentifier(schemaOf(name))}`);
  });

type Run = (sql: string) => Promise<readonly Record<string, unknown>[]>;

const asOwner = (server: Server, database: Database, sql: string): Promise<void> =>
  connected(urlOf(server, `${database}_owner`, database), async (run) => {
    await run(`BEGIN;${sql};COMMIT`);
  });

async function connected(connectionString: string, work: (run: Run) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await work(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows);
  } finally {
    await client.end();
  }
}
