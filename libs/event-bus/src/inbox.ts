import type { CloudEvent } from '@tsunagu/contracts';
import type { Pool, PoolClient } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { withConnection } from './connection';
import { shared } from './shared';

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

const SEEN = 'SELECT event FROM inbox WHERE consumer_group = $1 AND event = ANY ($2::uuid[])';
const TAKE = `INSERT INTO inbox (consumer_group, event) SELECT $1, taken FROM unnest($2::uuid[]) AS taken
  ON CONFLICT DO NOTHING RETURNING event`;

type Events = readonly CloudEvent[];
type Source = DataSource | Pool;
type TxOf<From extends Source> = From extends DataSource ? EntityManager : PoolClient;
type Rows = (sql: string, values: unknown[]) => Promise<readonly { readonly event: string }[]>;

/** Ends the transaction of an effect that another instance has had meanwhile, at least for one of its events. */
class AlreadyHandled extends Error {}

/**
 * A handler whose effect happens once per group and event, however often the event comes: the inbox row commits with
 * the effect or not at all. The row is written last, so that an effect which first asks another service or appends to a
 * log holds no write transaction open meanwhile (readers of every log in the same server would wait for it).
 */
export function onceInto<From extends Source>(
  source: From,
  group: string,
  effect: (event: CloudEvent, tx: TxOf<From>) => Promise<void>,
): (event: CloudEvent) => Promise<void> {
  const each = async (events: Events, tx: TxOf<From>): Promise<void> => {
    for (const event of events) await effect(event, tx);
  };
  return (event) => once(source, group, [event], each, 'look first');
}

/**
 * The same for an effect on rows alone that several events have together, in one transaction: those that had it before
 * undo it, and the others have it again. What is handed over while a transaction is under way waits and shares the next.
 */
export const allOnceInto = <From extends Source>(
  source: From,
  group: string,
  effect: (events: Events, tx: TxOf<From>) => Promise<void>,
): ((events: Events) => Promise<void>) => shared((events) => once(source, group, events, effect, 'try first'));

/**
 * For an effect that may come twice after a crash because its second time does nothing, such as a command whose id comes
 * from the event: no transaction is open meanwhile. The inbox spares it all other repeats.
 */
export const onceAfter =
  (source: Source, group: string, effect: (event: CloudEvent) => Promise<void>) =>
  async (events: Events): Promise<void> => {
    const rows = rowsOf(source);
    const done: CloudEvent[] = [];
    try {
      for (const event of await unseen(rows, group, events)) {
        await effect(event);
        done.push(event);
      }
    } finally {
      if (done.length > 0) await rows(TAKE, [group, idsOf(done)]);
    }
  };

/** Lets the group's effects happen again: before a replay that rebuilds what the group made. */
export async function emptyInbox(source: Source, group: string): Promise<void> {
  const sql = 'DELETE FROM inbox WHERE consumer_group = $1';
  await rowsOf(source)(sql, [group]);
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

async function once<From extends Source>(
  source: From,
  group: string,
  events: Events,
  effect: (events: Events, tx: TxOf<From>) => Promise<void>,
  how: 'look first' | 'try first',
): Promise<void> {
  const work = async (tx: EntityManager | PoolClient): Promise<void> => {
    const rows = rowsOf(tx);
    const left = how === 'look first' ? await unseen(rows, group, events) : distinct(events);
    if (left.length === 0) return;
    await effect(left, tx as TxOf<From>);
    if ((await rows(TAKE, [group, idsOf(left)])).length < left.length) throw new AlreadyHandled();
  };
  try {
    await inTransaction(source, work);
  } catch (error) {
    if (!(error instanceof AlreadyHandled)) throw error;
    await once(source, group, events, effect, 'look first');
  }
}

async function unseen(rows: Rows, group: string, events: Events): Promise<Events> {
  const seen = new Set((await rows(SEEN, [group, idsOf(events)])).map(({ event }) => event));
  return distinct(events).filter(({ id }) => !seen.has(id));
}

const distinct = (events: Events): Events => [...new Map(events.map((event) => [event.id, event])).values()];

const idsOf = (events: Events): readonly string[] => events.map(({ id }) => id);

/** TypeORM answers with the rows, pg with a result that holds them. */
const rowsOf =
  (db: { query(sql: string, values: unknown[]): Promise<unknown> }): Rows =>
  async (sql, values) => {
    const answer = await db.query(sql, values);
    return (Array.isArray(answer) ? answer : (answer as { readonly rows: unknown }).rows) as Awaited<ReturnType<Rows>>;
  };

/** A failure rolls back; of a pool, by closing the connection. */
const inTransaction = (source: Source, work: (tx: EntityManager | PoolClient) => Promise<void>): Promise<void> =>
  'transaction' in source
    ? source.transaction(work)
    : withConnection(source, async (client) => {
        await client.query('BEGIN');
        await work(client);
        await client.query('COMMIT');
      });
