import type { Position } from '@tsunagu/event-sourcing';
import { Pool, type PoolClient } from 'pg';

/** How far the readers of one service's log have come: its read models, and the relay to the bus. */
export interface Checkpoints {
  positions(): Promise<readonly Position[]>;
  /**
   * Sets each to its new position, all or none; answers how many there are.
   * @throws Error when one has moved meanwhile: then the service is still running
   */
  move(to: ReadonlyMap<Position, Position>): Promise<number>;
  close(): Promise<void>;
}

interface Saved {
  readonly reader: string;
  readonly position: Position;
}

/** Each with the column that names the reader. An empty position: nothing read yet. */
const TABLES = [
  ['checkpoints', 'model'],
  ['relay_checkpoints', 'name'],
] as const;

/** @throws Error that says how to write the address, and repeats nothing of it: it holds a password */
export function openCheckpoints(url: string): Checkpoints {
  const [, connectionString, schema] = /^(postgres(?:ql)?:[^#]+)#([a-z][a-z0-9_]*)$/.exec(url) ?? [];
  if (!connectionString || !schema) {
    throw new Error('Read models are written postgres://user:password@host/database#schema.');
  }
  const pool = new Pool({ connectionString, max: 1, options: `-c search_path=${schema}` });
  pool.on('error', () => undefined);
  const savedIn = async (table: string, reader: string): Promise<readonly Saved[]> =>
    (await pool.query<Saved>(`SELECT ${reader} AS reader, position FROM ${table} WHERE position <> ''`)).rows;
  return {
    positions: async () => {
      const saved = await Promise.all(TABLES.map(([table, reader]) => savedIn(table, reader)));
      return saved.flat().map(({ position }) => position);
    },
    move: async (to) => {
      const saved = await Promise.all(TABLES.map(([table, reader]) => savedIn(table, reader)));
      await inTransaction(pool, async (client) => {
        for (const [n, [table, reader]] of TABLES.entries()) {
          for (const one of saved[n] ?? []) await moveOne(client, { table, reader }, one, to);
        }
      });
      return saved.flat().length;
    },
    close: () => pool.end(),
  };
}

async function inTransaction(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await work(client);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

async function moveOne(
  client: PoolClient,
  { table, reader }: { readonly table: string; readonly reader: string },
  saved: Saved,
  to: ReadonlyMap<Position, Position>,
): Promise<void> {
  const position = to.get(saved.position);
  const { rowCount } = await client.query(`UPDATE ${table} SET position = $1 WHERE ${reader} = $2 AND position = $3`, [
    position,
    saved.reader,
    saved.position,
  ]);
  if (position === undefined || rowCount !== 1) {
    throw new Error(
      `The checkpoint of ${saved.reader} has moved meanwhile. Stop the service, then run the copy again.`,
    );
  }
}
