import { type NewEvent } from '@tsunagu/event-sourcing';
import { eventStoreSchemaSql } from '@tsunagu/event-store';
import { Pool, type PoolClient } from 'pg';
import { inDatabase } from './postgres';

export interface RawTable {
  readonly pool: Pool;
  /** A prepared multi-row INSERT that checks nothing. */
  insert(stream: string, revision: number, events: readonly NewEvent[]): Promise<unknown>;
  /** The same over a connection that is in a transaction. */
  insertWith(db: Pool | PoolClient, stream: string, revision: number, events: readonly NewEvent[]): Promise<unknown>;
}

const COLUMNS = 'ordinal, stream, revision, id, type, schema_version, data, metadata, command_id';

const valuesOf = (stream: string, revision: number, event: NewEvent, n: number): unknown[] => [
  n,
  stream,
  revision + n,
  event.id,
  event.type,
  event.schemaVersion,
  JSON.stringify(event.data),
  JSON.stringify(event.metadata),
  event.metadata.commandId,
];

const placeholders = (rows: number): string => {
  const width = COLUMNS.split(',').length;
  const row = (n: number): string => `(${Array.from({ length: width }, (_, i) => `$${n * width + i + 1}`).join(',')})`;
  return Array.from({ length: rows }, (_, n) => row(n)).join(',');
};

/** The floor: the same table and indexes as the store's, written through `pg` with the best pool size there is (8). */
export async function rawTable(url: string): Promise<RawTable> {
  await inDatabase(url, (client) => client.query(eventStoreSchemaSql('raw', 'postgres')));
  const pool = new Pool({ connectionString: url, max: 8 });
  pool.on('error', () => undefined);
  const insertWith: RawTable['insertWith'] = (db, stream, revision, events) =>
    db.query({
      name: `insert ${events.length}`,
      text: `INSERT INTO raw.events (${COLUMNS}) VALUES ${placeholders(events.length)}`,
      values: events.flatMap((event, n) => valuesOf(stream, revision, event, n)),
    });
  return { pool, insertWith, insert: (...what) => insertWith(pool, ...what) };
}
