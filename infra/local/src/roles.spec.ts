import { join } from 'node:path';
import { schemaOf } from '@tsunagu/platform';
import { Client } from 'pg';
import { TestTown } from './backup/town.fixtures';
import { readPrivately } from './private-file';
import { secretsIn } from './secrets';
import { urlOf, type Server } from './databases';
import { services } from './services';

const DATABASES = ['events', 'reads', 'keys', 'bus'] as const;
type Database = (typeof DATABASES)[number];

let town: TestTown;
let server: Server;

beforeAll(async () => {
  town = await TestTown.on();
  await town.start();
  const { databaseSuperuser: superuserPassword, databaseRoles: rolePasswords } = secretsIn(town.data);
  const { postgres: port } = readPrivately(`${town.data}/ports.json`) as { postgres: number };
  server = { port, folder: join(town.data, 'postgres'), superuserPassword, rolePasswords };
}, 120_000);
afterAll(() => town.remove());

/** By the role itself, over a connection of its own: undefined where it may not even connect. */
async function ask<Row extends object>(role: string, database: Database, sql: string): Promise<Row[] | undefined> {
  const client = new Client({ connectionString: urlOf(server, role, database) });
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows;
  } catch (error) {
    if (error instanceof Error && /permission denied for database/.test(error.message)) return undefined;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

const RIGHTS = `
  SELECT format('%I.%I', n.nspname, c.relname) AS "table", string_agg(right_, ' ' ORDER BY right_) AS rights
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS right_
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
     AND CASE WHEN right_ IN ('DELETE', 'TRUNCATE', 'TRIGGER') THEN has_table_privilege(c.oid, right_)
              ELSE has_any_column_privilege(c.oid, right_) END
   GROUP BY 1 ORDER BY 1`;
const SCHEMAS = `
  SELECT nspname AS schema, has_schema_privilege(oid, 'CREATE') AS creates FROM pg_namespace
   WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
     AND (has_schema_privilege(oid, 'USAGE') OR has_schema_privilege(oid, 'CREATE'))
  UNION ALL SELECT 'public', true WHERE has_schema_privilege('public', 'CREATE') ORDER BY 1`;

interface Reach {
  readonly schemas: readonly string[] | undefined;
  readonly creates: readonly string[] | undefined;
  /** Schemas of tables that it has any right on. */
  readonly tables: readonly string[] | undefined;
}

async function reachOf(role: string, database: Database): Promise<Reach> {
  const schemas = await ask<{ schema: string; creates: boolean }>(role, database, SCHEMAS);
  const tables = await ask<{ table: string }>(role, database, RIGHTS);
  return {
    schemas: schemas?.map(({ schema }) => schema),
    creates: schemas?.filter(({ creates }) => creates).map(({ schema }) => schema),
    tables: tables && [...new Set(tables.map(({ table }) => table.split('.')[0] ?? ''))],
  };
}

const nowhere: Reach = { schemas: undefined, creates: undefined, tables: undefined };
const within = (schema: string, owner: boolean): Reach => ({
  schemas: [schema],
  creates: owner ? [schema] : [],
  tables: [schema],
});

describe.each(services.map((service) => [service.name, service] as const))('the roles of %s', (name, { seals }) => {
  const schema = schemaOf(name);

  it.each(DATABASES)('reach nothing in %s but what is theirs', async (database) => {
    const common = { keys: seals === false ? nowhere : within('sealing', false), bus: within('bus', false) };
    const runtime = database === 'events' || database === 'reads' ? within(schema, false) : common[database];
    expect(await reachOf(schema, database)).toEqual(runtime);
    const owner = database === 'events' || database === 'reads' ? within(schema, true) : nowhere;
    expect(await reachOf(`${schema}_owner`, database)).toEqual(owner);
  });

  it('may add to what must stay, and not change or remove it', async () => {
    const rights = async (database: Database): Promise<unknown> =>
      Object.fromEntries(
        ((await ask<{ table: string; rights: string }>(schema, database, RIGHTS)) ?? []).map((row) => [
          row.table,
          row.rights,
        ]),
      );
    expect(await rights('events')).toEqual({ [`${schema}.events`]: 'INSERT SELECT' });
    // Destroying a key is an update; triggers refuse every other.
    const keys = { 'sealing.keys': 'INSERT SELECT UPDATE', 'sealing.erased_persons': 'INSERT SELECT' };
    expect(await rights('keys')).toEqual(seals === false ? {} : keys);
    expect(await rights('bus')).toMatchObject({ 'bus.messages': 'INSERT SELECT', 'bus.rights': 'SELECT' });
  });
});

describe('the owners of the keys and of the bus', () => {
  it.each(['keys', 'bus'] as const)('reach %s and no other database', async (own) => {
    for (const database of DATABASES) {
      const expected = database === own ? within(own === 'keys' ? 'sealing' : 'bus', true) : nowhere;
      expect({ database, ...(await reachOf(`${own}_owner`, database)) }).toEqual({ database, ...expected });
    }
  });
});
