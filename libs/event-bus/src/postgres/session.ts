import { Client, type QueryResult, type QueryResultRow } from 'pg';
import { pause } from '../retry';
import { CHANNEL, type Partition } from './tables';

export const partitionLock = (group: string, { topic, partition }: Partition): string =>
  `tsunagu.bus/${group}/${topic}/${partition}`;

const memberLock = (group: string): string => `tsunagu.bus.member/${group}`;

type Listener = (payload: string) => void;

const RECONNECT_MS = 250;

/**
 * One connection per bus that listens for news and holds the advisory locks of its consumers. The locks live and die
 * with it: PostgreSQL frees them the moment a process is killed, so that another can take over.
 */
export class Session {
  /** Changes whenever the connection, and with it every lock, was lost. */
  incarnation = 0;
  private client: Client | undefined;
  private opening: Promise<Client> | undefined;
  private readonly held = new Set<string>();
  private readonly listeners = new Set<Listener>();
  private readonly closing = new AbortController();

  constructor(
    private readonly connectionString: string,
    private readonly onProblem: (error: unknown) => void,
  ) {}

  private last: Promise<unknown> = Promise.resolve();

  /** Told of every notification, and with an empty payload when some may have been missed. */
  onNews(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Counts this bus as a member of the group until it leaves or dies. */
  async enter(group: string): Promise<void> {
    const client = await this.connected();
    await this.query(client, 'SELECT pg_advisory_lock_shared(hashtextextended($1, 0))', [memberLock(group)]);
    await this.tellGroup(group);
  }

  async leave(group: string): Promise<void> {
    if (!this.client) return;
    await this.query(this.client, 'SELECT pg_advisory_unlock_shared(hashtextextended($1, 0))', [memberLock(group)]);
    await this.tellGroup(group);
  }

  /** How many buses have entered the group and live. */
  async members(group: string): Promise<number> {
    const client = await this.connected();
    const { rows } = await this.query<{ members: string }>(
      client,
      `SELECT count(*) AS members FROM pg_locks l, (SELECT hashtextextended($1, 0) AS key) AS k
        WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND l.classid::bigint = ((k.key >> 32) & 4294967295) AND l.objid::bigint = (k.key & 4294967295)`,
      [memberLock(group)],
    );
    return Math.max(1, Number(rows[0]?.members));
  }

  /** @returns those it got; the others are somebody else's */
  async tryLocks(wanted: readonly string[]): Promise<readonly string[]> {
    // PostgreSQL would give a session the same lock twice.
    const locks = wanted.filter((lock) => !this.held.has(lock));
    locks.forEach((lock) => this.held.add(lock));
    try {
      const client = await this.connected();
      const { rows } = await this.query<{ lock: string; mine: boolean }>(
        client,
        'SELECT lock, pg_try_advisory_lock(hashtextextended(lock, 0)) AS mine FROM unnest($1::text[]) AS lock',
        [locks],
      );
      const mine = rows.filter((row) => row.mine).map(({ lock }) => lock);
      locks.filter((lock) => !mine.includes(lock)).forEach((lock) => this.held.delete(lock));
      return mine;
    } catch (error) {
      locks.forEach((lock) => this.held.delete(lock));
      throw error;
    }
  }

  async unlock(lock: string): Promise<void> {
    if (!this.held.delete(lock) || !this.client) return;
    await this.query(this.client, 'SELECT pg_advisory_unlock(hashtextextended($1, 0))', [lock]);
  }

  async tellGroup(group: string): Promise<void> {
    if (this.client) await this.query(this.client, 'SELECT pg_notify($1, $2)', [CHANNEL, `group:${group}`]);
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.listeners.clear();
    await this.opening?.catch(() => undefined);
    await this.client?.end().catch(() => undefined);
  }

  /** One statement after the other: a client takes no second one while it executes. */
  private query<Row extends QueryResultRow>(client: Client, sql: string, values: unknown[]): Promise<QueryResult<Row>> {
    const ask = (): Promise<QueryResult<Row>> => client.query<Row>(sql, values);
    const answer = this.last.then(ask, ask);
    this.last = answer;
    return answer;
  }

  private connected(): Promise<Client> {
    if (this.client) return Promise.resolve(this.client);
    this.opening ??= this.open().finally(() => (this.opening = undefined));
    return this.opening;
  }

  private async open(): Promise<Client> {
    if (this.closing.signal.aborted) throw new Error('the bus is closed');
    const client = new Client({
      connectionString: this.connectionString,
      keepAlive: true,
      application_name: 'tsunagu-bus',
    });
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, undefined));
    client.on('notification', ({ payload }) => this.tell(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.client = client;
    this.tell('');
    return client;
  }

  private lost(client: Client, error: unknown): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.incarnation += 1;
    this.held.clear();
    if (this.closing.signal.aborted) return;
    if (error) this.onProblem(error);
    void this.reopen();
  }

  private async reopen(): Promise<void> {
    while (!this.client && !this.closing.signal.aborted) {
      await pause(RECONNECT_MS, this.closing.signal);
      await this.connected().catch(this.onProblem);
    }
  }

  private tell(payload: string): void {
    for (const listener of this.listeners) listener(payload);
  }
}
