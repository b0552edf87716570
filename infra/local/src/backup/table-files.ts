import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ClientBase, escapeIdentifier } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Table } from './catalog';

/** What a file must hold, byte for byte. */
export interface Content {
  readonly sha256: string;
  readonly bytes: number;
  /** Lines. In PostgreSQL's COPY text format each is one row, because it escapes line breaks. */
  readonly rows: number;
}

export const nameOf = ({ schema, name }: Pick<Table, 'schema' | 'name'>): string =>
  `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;

const has = ({ columns }: Table, ...names: readonly string[]): boolean =>
  names.every((name) => columns.some((column) => column.name === name));

/** A log, or the messages of the bus: their order is that of transactions, whose numbers mean nothing elsewhere. */
const isLog = (table: Table): boolean => has(table, 'tx', 'ordinal', 'stream');
const isMessages = (table: Table): boolean => has(table, 'tx', 'position', 'topic', 'partition', 'published');
/** Where consumers stand; `places.ts` translates them. */
const standsInMessages = ({ schema, name }: Table): boolean =>
  schema === 'bus' && (name === 'offsets' || name === 'dead_letters');

/**
 * Writes the rows with their place in the order instead of transaction numbers, so that the same content is the same
 * file, whichever server it was on.
 */
export async function writeTable(client: ClientBase, table: Table, file: string | undefined): Promise<Content> {
  const counted = counting();
  const rows = client.query(copyTo(`COPY (${selection(table, nameOf(table))}) TO STDOUT`));
  const target = file === undefined ? nowhere() : createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(rows, counted.through, target);
  return counted.content();
}

/** As `writeTable`, of a copy of it. */
export async function contentOf(client: ClientBase, table: Table, from = nameOf(table)): Promise<Content> {
  const counted = counting();
  await pipeline(client.query(copyTo(`COPY (${selection(table, from)}) TO STDOUT`)), counted.through, nowhere());
  return counted.content();
}

/** `into` is the table itself, or one of the same columns. Rows of a log get this transaction's number. */
export async function loadTable(
  client: ClientBase,
  table: Table,
  file: string,
  into = nameOf(table),
): Promise<Content> {
  const counted = counting();
  const columns = columnsOf(table).map(escapeIdentifier).join(', ');
  await pipeline(
    createReadStream(file),
    counted.through,
    client.query(copyFrom(`COPY ${into} (${columns}) FROM STDIN`)),
  );
  return counted.content();
}

export async function contentOfFile(file: string): Promise<Content> {
  const counted = counting();
  await pipeline(createReadStream(file), counted.through, nowhere());
  return counted.content();
}

function columnsOf(table: Table): readonly string[] {
  const names = table.columns.map(({ name }) => name);
  return isLog(table) || isMessages(table) ? names.filter((name) => name !== 'tx') : names;
}

function selection(table: Table, from: string): string {
  const [place, order] = orderOf(table);
  const columns = columnsOf(table).map((name) => (place.has(name) ? `${place.get(name)}` : escapeIdentifier(name)));
  return `SELECT ${columns.join(', ')} FROM ${from} ORDER BY ${order}`;
}

/** The columns that hold a place, each with what tells the place anew; and the order of the rows. */
function orderOf(table: Table): readonly [ReadonlyMap<string, string>, string] {
  if (isLog(table)) return [new Map([['ordinal', 'row_number() OVER (ORDER BY tx, ordinal) - 1']]), 'tx, ordinal'];
  if (isMessages(table)) {
    const place = 'row_number() OVER (PARTITION BY topic, partition ORDER BY tx, position)';
    return [new Map([['position', place]]), 'topic COLLATE "C", partition, tx, position'];
  }
  if (table.columns.some(({ type }) => type === 'xid8') && !standsInMessages(table)) {
    throw new Error(`${nameOf(table)} holds transaction numbers, and a backup does not know what they mean there.`);
  }
  const key = table.key.length > 0 ? table.key : table.columns.map(({ name }) => name);
  return [new Map(), key.map((name) => `${escapeIdentifier(name)}::text COLLATE "C"`).join(', ')];
}

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

function counting(): { readonly through: Transform; content(): Content } {
  const hash = createHash('sha256');
  let bytes = 0;
  let rows = 0;
  const through = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      bytes += chunk.length;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) rows += 1;
      done(null, chunk);
    },
  });
  return { through, content: () => ({ sha256: hash.digest('hex'), bytes, rows }) };
}
