import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client, type ClientBase } from 'pg';
import {
  type DatabaseName,
  type DumpedDatabase,
  type DumpedTable,
  type Manifest,
  newFolder,
  writeManifest,
  writeText,
} from './artefact';
import { readCatalog, type Table } from './catalog';
import { busPlaces, type Group, type Letter, readerPlaces, readerPositions, standing } from './places';
import { nameOf, writeTable } from './table-files';

/**
 * Where each database is, as a role that may read all of it: a superuser, or pg_read_all_data with BYPASSRLS. `bus` is
 * absent where Kafka is the bus, `events` where every log is in KurrentDB.
 */
export type Urls = Readonly<Partial<Record<DatabaseName, string>> & Record<'reads' | 'keys', string>>;

export interface BackupOptions {
  readonly urls: Urls;
  /** Two new folders that are kept apart: whoever has only one of them can read nothing. */
  readonly to: string;
  readonly keysTo: string;
  /** Of the product. */
  readonly version: string;
  readonly keyCheck?: string;
  readonly say: (line: string) => void;
}

/**
 * Dumps the databases one after the other, while everything runs, in the one order in which they fit together:
 *
 *   consumers' places ≤ read models and inboxes ≤ messages ≤ logs ≤ keys
 *
 * What a later one has beyond an earlier one is read, published or delivered again after the restore, and recognised.
 * The other way round it would be skipped, and lost. Keys come last, so that whatever the logs hold can be opened.
 */
export async function backup(options: BackupOptions): Promise<Manifest> {
  const { urls, to, keysTo, version, keyCheck, say } = options;
  newFolder(to);
  newFolder(keysTo);
  const head = { format: 1, backup: randomUUID(), version } as const;
  const consumers = await dumpConsumers(options);
  const { reads, positions } = await inSnapshot(urls.reads, async (client) => {
    const dumped = await dump('reads', client, to, say);
    return { reads: dumped, positions: await readerPositions(client, dumped.tables) };
  });
  const bus = await dumpMessages(options, consumers);
  const logs = await inSnapshot(urls.events, async (client) => {
    const asOf = (await client.query<{ now: Date }>('SELECT now()')).rows[0]?.now;
    const events = await dump('events', client, to, say);
    return { asOf, events, readers: await readerPlaces(client, events.tables, positions) };
  });
  const asOf = (logs?.asOf ?? new Date()).toISOString();
  const databases = [reads, bus?.messages, logs?.events].filter((one) => one !== undefined);
  const places = { readers: logs?.readers ?? [], groups: bus?.groups ?? [], letters: bus?.letters ?? [] };
  const manifest: Manifest = { ...head, part: 'data', asOf, databases, places };
  const data = writeManifest(to, manifest);
  const keys = await inSnapshot(urls.keys, (client) => dump('keys', client, keysTo, say));
  const check = keyCheck === undefined ? {} : { keyCheck };
  writeManifest(keysTo, { ...head, part: 'keys', asOf, databases: [keys], data, ...check });
  return manifest;
}

interface Consumers {
  readonly groups: readonly Group[];
  readonly letters: readonly Letter[];
  readonly tables: readonly DumpedTable[];
}

const ofConsumers = ({ name }: Table): boolean => name === 'offsets' || name === 'dead_letters';

const dumpConsumers = ({ urls, to, say }: BackupOptions): Promise<Consumers | undefined> =>
  inSnapshot(urls.bus, async (client) => {
    const { tables } = await readCatalog(client);
    const dumped = await dumpTables('bus', client, tables.filter(ofConsumers), to, say);
    return { ...(await standing(client)), tables: dumped };
  });

const dumpMessages = ({ urls, to, say }: BackupOptions, consumers: Consumers | undefined) =>
  inSnapshot(urls.bus, async (client) => {
    const messages = await dump('bus', client, to, say, consumers?.tables);
    return { messages, ...(await busPlaces(client, consumers ?? { groups: [], letters: [] })) };
  });

/** @param already tables that were dumped before */
async function dump(
  name: DatabaseName,
  client: ClientBase,
  folder: string,
  say: (line: string) => void,
  already: readonly DumpedTable[] = [],
): Promise<DumpedDatabase> {
  const { before, after, roles, tables } = await readCatalog(client);
  const others = tables.filter((table) => !already.some((done) => nameOf(done) === nameOf(table)));
  return {
    name,
    roles,
    before: writeText(folder, `${name}.before.sql`, before),
    after: writeText(folder, `${name}.after.sql`, after),
    tables: [...already, ...(await dumpTables(name, client, others, folder, say))],
  };
}

async function dumpTables(
  database: DatabaseName,
  client: ClientBase,
  tables: readonly Table[],
  folder: string,
  say: (line: string) => void,
): Promise<readonly DumpedTable[]> {
  const dumped: DumpedTable[] = [];
  for (const table of tables) {
    const file = `${database}.${table.schema}.${table.name}.copy`;
    const content = await writeTable(client, table, join(folder, file));
    if (content.rows > 0) say(`${database}: ${table.schema}.${table.name}, ${content.rows} rows`);
    dumped.push({ ...table, content: { file, ...content } });
  }
  return dumped;
}

/** All as of one moment, whatever others write meanwhile. Nothing when there is no such database. */
function inSnapshot<T>(url: string, work: (client: ClientBase) => Promise<T>): Promise<T>;
function inSnapshot<T>(url: string | undefined, work: (client: ClientBase) => Promise<T>): Promise<T | undefined>;
async function inSnapshot<T>(
  url: string | undefined,
  work: (client: ClientBase) => Promise<T>,
): Promise<T | undefined> {
  if (url === undefined) return undefined;
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } finally {
    await client.end();
  }
}
