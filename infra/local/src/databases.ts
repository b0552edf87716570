import { createHmac } from 'node:crypto';
import { busSchemaSql, type BusRights } from '@tsunagu/event-bus';
import { schemaOf, type ServiceDefinition } from '@tsunagu/platform';
import { keySchemaSql } from '@tsunagu/sealing';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';

const DATABASES = ['events', 'reads', 'keys', 'bus'] as const;
export type Database = (typeof DATABASES)[number];

export interface Server {
  readonly port: number;
  readonly superuserPassword: string;
  /** From which the password of each role is derived. */
  readonly rolePasswords: string;
}

export const runtimeRole = (service: ServiceDefinition['name']): string => schemaOf(service);
export const ownerRole = (service: ServiceDefinition['name']): string => `${schemaOf(service)}_owner`;

const passwordOf = (server: Server, role: string): string =>
  createHmac('sha256', server.rolePasswords).update(role).digest('base64url');

export const urlOf = (server: Server, role: string, database: Database): string =>
  `postgresql://${role}:${passwordOf(server, role)}@127.0.0.1:${server.port}/${database}`;

/**
 * The four databases, and per service one role that owns its schemas and one that works in them. A role reaches only
 * its own schemas; keys only where the service may open sealed fields. Running it again changes nothing.
 */
export async function provision(server: Server, services: readonly ServiceDefinition[]): Promise<void> {
  await asSuperuser(server, 'postgres', async (run) => {
    for (const role of ['keys_owner', 'bus_owner']) await run(roleSql(server, role));
    for (const { name } of services) await run(roleSql(server, runtimeRole(name)) + roleSql(server, ownerRole(name)));
    const existing = new Set((await run('SELECT datname FROM pg_database')).map(({ datname }) => datname));
    for (const database of DATABASES) {
      if (!existing.has(database)) await run(`CREATE DATABASE ${database}`);
      await run(
        `REVOKE ALL ON DATABASE ${database} FROM PUBLIC; GRANT ${needed(database)} ON DATABASE ${database} TO ${allowed(database, services)}`,
      );
    }
    await run('GRANT CREATE ON DATABASE keys TO keys_owner; GRANT CREATE ON DATABASE bus TO bus_owner');
  });
  for (const database of ['events', 'reads'] as const) {
    await asSuperuser(server, database, (run) => run(services.map(schemaSql).join('')));
  }
  await asRole(
    server,
    'keys_owner',
    'keys',
    services
      .filter(opensKeys)
      .map(({ name }) => keySchemaSql(runtimeRole(name)))
      .join(';'),
  );
}

/** A read model is rebuilt, and compared, in a temporary table. */
const needed = (database: Database): string => (database === 'reads' ? 'CONNECT, TEMPORARY' : 'CONNECT');

/** What each service may say and hear on the bus. */
export const grantBus = (server: Server, rights: readonly BusRights[]): Promise<void> =>
  asRole(server, 'bus_owner', 'bus', busSchemaSql(rights));

export const opensKeys = ({ seals }: ServiceDefinition): boolean => seals !== false;

function allowed(database: Database, services: readonly ServiceDefinition[]): string {
  const runtime = services
    .filter((service) => database !== 'keys' || opensKeys(service))
    .map(({ name }) => runtimeRole(name));
  const owners =
    database === 'keys' || database === 'bus' ? [`${database}_owner`] : services.map(({ name }) => ownerRole(name));
  return [...runtime, ...owners].join(', ');
}

function roleSql(server: Server, role: string): string {
  const verb = `EXECUTE 'CREATE ROLE ${escapeIdentifier(role)}'`;
  return `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${escapeLiteral(role)}) THEN ${verb};
    EXECUTE ${escapeLiteral(`ALTER ROLE ${escapeIdentifier(role)} LOGIN PASSWORD ${escapeLiteral(passwordOf(server, role))}`)}; END IF; END $$;`;
}

function schemaSql({ name }: ServiceDefinition): string {
  const schema = escapeIdentifier(schemaOf(name));
  const owner = escapeIdentifier(ownerRole(name));
  return `CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${owner};
    DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ${owner}', current_database()); END $$;`;
}

type Run = (sql: string) => Promise<readonly Record<string, unknown>[]>;

const asSuperuser = async (server: Server, database: string, work: (run: Run) => Promise<unknown>): Promise<void> =>
  connected(`postgresql://postgres:${server.superuserPassword}@127.0.0.1:${server.port}/${database}`, work);

const asRole = (server: Server, role: string, database: Database, sql: string): Promise<void> =>
  connected(urlOf(server, role, database), (run) => run(`BEGIN;${sql};COMMIT`));

async function connected(connectionString: string, work: (run: Run) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await work(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows);
  } finally {
    await client.end();
  }
}
