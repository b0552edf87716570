import type { CloudEvent } from '@tsunagu/contracts';
import type { Pool, PoolClient } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { withConnection } from './connection';

/** Tables of a service's reads schema (its search_path); running it again changes nothing. */
export const inboxSchemaSql = `
  CREATE TABLE IF NOT EXISTS inbox (
    consumer_group text NOT NULL,
    event uuid NOT NULL,
    handled timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer_group, event)
  );
  CREATE TABLE IF NOT EXISTS relay_checkpoints (
    name text PRIMARY KEY,
    position text COLLATE "C" NOT NULL
  );
`;

const SEEN = 'SELECT FROM inbox WHERE consumer_group = $1 AND event = $2';
const TAKE = 'INSERT INTO inbox (consumer_group, event) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING event';

/** Ends the transaction of an effect that another instance has had meanwhile. */
class AlreadyHandled extends Error {}

/**
 * A handler whose effect happens once per group and event, however often the event comes: the inbox row commits with
 * the effect or not at all. The row is written last, so that an effect which first asks another service or appends to a
 * log holds no write transaction open meanwhile (readers of every log in the same server would wait for it).
 */
export function onceInto(
  source: DataSource,
  group: string,
  effect: (event: CloudEvent, tx: EntityManager) => Promise<void>,
): (event: CloudEvent) => Promise<void>;
export function onceInto(
  source: Pool,
  group: string,
  effect: (event: CloudEvent, tx: PoolClient) => Promise<void>,
): (event: CloudEvent) => Promise<void>;
export function onceInto(
  source: DataSource | Pool,
  group: string,
  effect: (event: CloudEvent, tx: EntityManager & PoolClient) => Promise<void>,
): (event: CloudEvent) => Promise<void> {
  // The overloads above pair each source with its own kind of transaction.
  type Effect<Tx> = (event: CloudEvent, tx: Tx) => Promise<void>;
  return async (event) => {
    try {
      if ('transaction' in source) {
        await source.transaction((tx) =>
          once(
            (sql) => tx.query(sql, [group, event.id]),
            () => (effect as Effect<EntityManager>)(event, tx),
          ),
        );
      } else {
        await inTransaction(source, (tx) =>
          once(
            async (sql) => (await tx.query(sql, [group, event.id])).rows,
            () => (effect as Effect<PoolClient>)(event, tx),
          ),
        );
      }
    } catch (error) {
      if (!(error instanceof AlreadyHandled)) throw error;
    }
  };
}

/** Lets the group's effects happen again: before a replay that rebuilds what the group made. */
export async function emptyInbox(source: DataSource | Pool, group: string): Promise<void> {
  const sql = 'DELETE FROM inbox WHERE consumer_group = $1';
  await ('transaction' in source ? source.query(sql, [group]) : source.query(sql, [group]));
}

/** Some at a time: a long transaction would hold back every reader. */
const AT_ONCE = 5_000;

/**
 * Forgets what a group handled before that instant. Only for events that cannot come again: one that does come would
 * have its effect twice. @returns how many it forgot
 */
export async function pruneInbox(pool: Pool, group: string, before: Date): Promise<number> {
  let all = 0;
  for (;;) {
    const { rowCount } = await pool.query(
      `DELETE FROM inbox WHERE consumer_group = $1 AND event IN (
         SELECT event FROM inbox WHERE consumer_group = $1 AND handled < $2 LIMIT ${AT_ONCE})`,
      [group, before],
    );
    all += rowCount ?? 0;
    if ((rowCount ?? 0) < AT_ONCE) return all;
  }
}

async function once(rowsOf: (sql: string) => Promise<readonly unknown[]>, effect: () => Promise<void>): Promise<void> {
  if ((await rowsOf(SEEN)).length > 0) return;
  await effect();
  if ((await rowsOf(TAKE)).length === 0) throw new AlreadyHandled();
}

/** A failure closes the connection, and that rolls back. */
const inTransaction = (pool: Pool, work: (tx: PoolClient) => Promise<void>): Promise<void> =>
  withConnection(pool, async (client) => {
    await client.query('BEGIN');
    await work(client);
    await client.query('COMMIT');
  });
