import type { ClientBase } from 'pg';
import { AFTER, BEFORE, COLUMNS, ROLES, UNKNOWN } from './catalog-sql';

/** What a database holds besides rows: SQL that makes it again. */
export interface Catalog {
  /** Schemas, functions, sequences and bare tables: what rows need. */
  readonly before: string;
  /** Constraints, indexes, triggers, policies, owners and rights. */
  readonly after: string;
  /** Who owns or may use any of it; they must exist where it is made again. */
  readonly roles: readonly string[];
  readonly tables: readonly Table[];
}

export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly Column[];
  /** Columns of the primary key. */
  readonly key: readonly string[];
}

export interface Column {
  readonly name: string;
  readonly type: string;
  /** Full name of the sequence that numbers it. */
  readonly sequence: string | null;
}

/**
 * The same text for the same value on every server, and complete names. Where row security would leave rows out,
 * reading fails instead.
 */
const PLAIN = `
  SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'iso_8601'; SET bytea_output = 'hex';
  SET extra_float_digits = 1; SET row_security = off; SET search_path = ''`;

/** @throws Error when the database holds something that the SQL would not make again */
export async function readCatalog(client: ClientBase): Promise<Catalog> {
  await client.query(PLAIN);
  const unknown = (await client.query<{ thing: string }>(UNKNOWN)).rows.map(({ thing }) => thing);
  if (unknown.length > 0) throw new Error(`A backup does not know how to keep ${unknown.join(', ')}.`);
  const roles = (await client.query<{ role: string }>(ROLES)).rows.map(({ role }) => role);
  const tables = (await client.query<Table>(COLUMNS)).rows;
  return { before: await script(client, BEFORE), after: await script(client, AFTER), roles, tables };
}

async function script(client: ClientBase, queries: readonly string[]): Promise<string> {
  const statements: string[] = [];
  for (const query of queries) {
    const { rows } = await client.query<{ sql: readonly string[] }>(query);
    statements.push(...rows.flatMap(({ sql }) => sql));
  }
  return statements.map((sql) => `${sql.trim()};\n`).join('');
}
