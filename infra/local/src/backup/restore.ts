import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type ClientBase, escapeIdentifier } from 'pg';
import { type Artefact, type DumpedDatabase, type DumpedTable, isSame, readArtefact, Refused } from './artefact';
import type { Urls } from './backup';
import { readCatalog } from './catalog';
import type { Erasures } from './erasures';
import { loadKeys } from './key-tables';
import { type Places, placeConsumers, placeReaders, relaysBefore } from './places';
import { contentOf, loadTable, nameOf } from './table-files';

export interface RestoreOptions {
  /** Databases as provisioned and never used, and nobody connected. */
  readonly urls: Urls;
  readonly from: string;
  readonly keysFrom: string;
  /** Everybody ever erased, those after the backup above all; undefined accepts that these come back. */
  readonly erasures: Erasures | undefined;
  /** Publishes again what was recorded since then, for a bus that lost it. */
  readonly republishSince?: Date;
  readonly keyCheck?: string;
  readonly say: (line: string) => void;
}

export interface Restored {
  readonly asOf: string;
  readonly version: string;
  readonly events: number;
  /** Persons whose keys the backup still held, and who were erased since. */
  readonly erasedSince: number;
}

/**
 * All four databases, each loaded and verified in one transaction; they are committed when the last one is verified.
 * @throws Refused, and nothing was touched, when anything is not as it was backed up
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { data, keys } = await readBackup(options);
  const open: Client[] = [];
  try {
    const begin = async (database: DumpedDatabase): Promise<Client> => {
      const url = options.urls[database.name];
      if (url === undefined) throw new Refused(`Say where the database ${database.name} is to be restored.`);
      const client = new Client({ connectionString: url });
      open.push(client);
      await client.connect();
      await client.query('BEGIN');
      await mustBeUnused(client, database);
      return client;
    };
    const restored = await restoreAll(data, keys, options, begin);
    for (const client of open) await client.query('COMMIT');
    return restored;
  } finally {
    await Promise.all(open.map((client) => client.end()));
  }
}

/** @throws Refused unless both parts are whole and of one backup */
export async function readBackup({
  from,
  keysFrom,
  keyCheck,
  say,
}: Pick<RestoreOptions, 'from' | 'keysFrom' | 'keyCheck' | 'say'>) {
  say('reading the backup');
  const data = await readArtefact(from, 'data');
  const keys = await readArtefact(keysFrom, 'keys');
  if (keys.manifest.backup !== data.manifest.backup || keys.manifest.data !== data.sha256) {
    throw new Refused(`${from} and ${keysFrom} are not of the same backup, or one of them was changed.`);
  }
  if (keyCheck !== undefined && keys.manifest.keyCheck !== undefined && keyCheck !== keys.manifest.keyCheck) {
    throw new Refused('The keys are wrapped under another key-encryption key than the one given: nothing would open.');
  }
  return { data, keys };
}

async function restoreAll(
  data: Artefact,
  keys: Artefact,
  { erasures, republishSince, say }: RestoreOptions,
  begin: (database: DumpedDatabase) => Promise<Client>,
): Promise<Restored> {
  const of = (name: string): DumpedDatabase | undefined => data.manifest.databases.find((one) => one.name === name);
  const places: Places = data.manifest.places ?? { readers: [], groups: [], letters: [] };
  let erasedSince = 0;
  for (const database of keys.manifest.databases) {
    await fill(await begin(database), keys, database, say, async (client) => {
      erasedSince = await loadKeys(client, keys, database, erasures);
    });
  }
  let tx = '';
  let readers = places.readers;
  const [events, bus, reads] = [of('events'), of('bus'), of('reads')];
  if (events) {
    const client = await begin(events);
    tx = (await client.query<{ tx: string }>('SELECT pg_current_xact_id()::text AS tx')).rows[0]?.tx ?? '';
    await fill(client, data, events, say);
    if (republishSince) {
      const again = await relaysBefore(client, republishSince, readers);
      readers = [...readers.filter(({ table }) => table !== 'relay_checkpoints'), ...again];
    }
  }
  if (bus) await fill(await begin(bus), data, bus, say, (client) => placeConsumers(client, places));
  if (reads) {
    await fill(await begin(reads), data, reads, say, (client) => placeReaders(client, tx, readers));
  }
  const { asOf, version } = data.manifest;
  return { asOf, version, events: events?.tables.reduce((sum, one) => sum + one.content.rows, 0) ?? 0, erasedSince };
}

/** @param adapt once the rows are there, and before anything can refuse a change */
async function fill(
  client: Client,
  artefact: Artefact,
  database: DumpedDatabase,
  say: (line: string) => void,
  adapt: (client: Client) => Promise<void> = async () => undefined,
): Promise<void> {
  say(`restoring ${database.name}`);
  await dropSchemas(client);
  const script = (part: 'before' | 'after'): string => readFileSync(join(artefact.folder, database[part].file), 'utf8');
  await client.query(script('before'));
  for (const table of database.tables.filter((one) => !isKeyTable(one))) {
    const loaded = await loadTable(client, table, join(artefact.folder, table.content.file));
    if (!isSame(loaded, table.content)) throw new Refused(`${table.content.file} has changed while it was read.`);
  }
  await adapt(client);
  await client.query(script('after'));
  for (const table of database.tables) await goOnNumbering(client, table);
  say(`verifying ${database.name}`);
  await verify(client, database, script('before') + script('after'));
}

const isKeyTable = ({ schema }: DumpedTable): boolean => schema === 'sealing';
/** Tables in which a restore writes other places, or other keys, than the backup has. */
const isAdapted = (table: DumpedTable): boolean =>
  isKeyTable(table) || /(^|\.)(offsets|dead_letters|checkpoints|relay_checkpoints)$/.test(table.name);

/** Dumps everything again: the same rows and the same catalog must come out. */
async function verify(client: Client, database: DumpedDatabase, script: string): Promise<void> {
  for (const table of database.tables.filter((one) => !isAdapted(one))) {
    if (!isSame(await contentOf(client, table), table.content)) {
      throw new Refused(`${nameOf(table)} did not become what the backup holds.`);
    }
  }
  const { before, after } = await readCatalog(client);
  if (before + after !== script) throw new Refused(`The tables of ${database.name} did not become what they were.`);
}

const BOOKKEEPING = new Set(['migrations', 'checkpoints', 'relay_checkpoints', 'topics', 'rights', 'offsets']);

/** What provisioning made may be there; what anybody recorded may not. */
async function mustBeUnused(client: ClientBase, { name, roles }: DumpedDatabase): Promise<void> {
  const { rows } = await client.query<{ here: boolean }>(
    `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
  );
  if (rows.length > 0) throw new Refused(`Somebody is connected to the database ${name}. Stop every service first.`);
  const { rows: missing } = await client.query<{ role: string }>(
    'SELECT role FROM unnest($1::text[]) AS role WHERE role NOT IN (SELECT rolname FROM pg_roles)',
    [roles],
  );
  if (missing.length > 0) {
    throw new Refused(`Provision the databases first: there is no role ${missing.map(({ role }) => role).join(', ')}.`);
  }
  for (const table of (await readCatalog(client)).tables) {
    if (BOOKKEEPING.has(table.name)) continue;
    const { rowCount } = await client.query(`SELECT FROM ${nameOf(table)} LIMIT 1`);
    if (rowCount !== 0) throw new Refused(`The database ${name} is in use: ${nameOf(table)} has rows.`);
  }
}

async function dropSchemas(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')`,
  );
  for (const { name } of rows) await client.query(`DROP SCHEMA ${escapeIdentifier(name)} CASCADE`);
}

async function goOnNumbering(client: ClientBase, table: DumpedTable): Promise<void> {
  for (const { name, sequence } of table.columns) {
    if (sequence === null) continue;
    const column = escapeIdentifier(name);
    await client.query(
      `SELECT setval(pg_get_serial_sequence($1, $2), coalesce(max(${column}), 1), max(${column}) IS NOT NULL) FROM ${nameOf(table)}`,
      [nameOf(table), name],
    );
  }
}
