import type { CloudEvent } from '@tsunagu/contracts';
import type { Pool } from 'pg';
import { CHECK_MS } from '../check';
import { type DeadLetter, NoSuchDeadLetter, type Outgoing } from '../port';

export interface Partition {
  readonly topic: string;
  readonly partition: number;
}

/** Place in a partition: sorts in commit order, so that nothing below it can still appear (see `fetch`). */
export interface Place {
  readonly tx: string;
  readonly position: string;
}

export interface Message extends Partition, Place {
  readonly event: CloudEvent;
}

/** The right to handle one partition for one group; a later claim has a higher epoch and shuts out the earlier. */
export interface Claim extends Partition {
  readonly epoch: string;
  at: Place;
}

/** How far a group has got in one partition. */
export interface Step {
  readonly group: string;
  readonly claim: Claim;
  readonly place: Place;
}

export interface Letter extends Message {
  readonly id: string;
}

/** NOTIFY channel; the payload is a topic that has news, or `group:<name>` when a group's members should look around. */
export const CHANNEL = 'tsunagu_bus';

/** Every statement of the bus. */
export class Tables {
  constructor(private readonly pool: Pool) {}

  /** A connection that does not answer is closed, so that asking again does not use up the pool. */
  async check(): Promise<void> {
    const question = { text: 'SELECT 1', query_timeout: 2 * CHECK_MS };
    await this.pool.query(question);
  }

  /** md5, because PostgreSQL's own hash functions may change between its versions. An unknown topic violates NOT NULL. */
  async publish(events: readonly Outgoing[]): Promise<void> {
    await this.pool.query({
      name: 'bus-publish',
      text: `
        WITH outgoing AS (
          SELECT item ->> 'topic' AS topic, item -> 'event' AS event, n
            FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS given (item, n)
        ), inserted AS (
          INSERT INTO bus.messages (topic, partition, event)
          SELECT o.topic,
                 ('x' || substr(md5(o.event ->> 'partitionkey'), 1, 8))::bit(32)::bigint % t.partitions,
                 o.event
            FROM outgoing o LEFT JOIN bus.topics t ON t.name = o.topic
           ORDER BY o.n
        )
        SELECT pg_notify('${CHANNEL}', topic) FROM (SELECT DISTINCT topic FROM outgoing) AS topics`,
      values: [JSON.stringify(events)],
    });
  }

  /** Every partition of the topics, with a place to start from for the group. @throws Error for an unknown topic */
  async join(group: string, topics: readonly string[]): Promise<readonly Partition[]> {
    await this.pool.query(
      `INSERT INTO bus.offsets (consumer_group, topic, partition)
       SELECT $1, t.name, p FROM bus.topics t, generate_series(0, t.partitions - 1) AS p WHERE t.name = ANY ($2)
       ON CONFLICT DO NOTHING`,
      [group, topics],
    );
    const { rows } = await this.pool.query<Partition>(
      'SELECT topic, partition FROM bus.offsets WHERE consumer_group = $1 AND topic = ANY ($2) ORDER BY 1, 2',
      [group, topics],
    );
    const missing = topics.filter((topic) => !rows.some((row) => row.topic === topic));
    if (missing.length > 0)
      throw new Error(
        `the group ${group} may not consume ${missing.join(', ')}: no such topic, or it is another role's group`,
      );
    return rows;
  }

  async claim(group: string, partitions: readonly Partition[]): Promise<readonly Claim[]> {
    const { rows } = await this.pool.query<Partition & Place & { epoch: string }>(
      `UPDATE bus.offsets o SET epoch = epoch + 1
         FROM unnest($2::text[], $3::int[]) AS wanted (topic, partition)
        WHERE o.consumer_group = $1 AND o.topic = wanted.topic AND o.partition = wanted.partition
       RETURNING o.topic, o.partition, epoch, tx, position`,
      [group, partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition)],
    );
    return rows.map(({ topic, partition, epoch, tx, position }) => ({ topic, partition, epoch, at: { tx, position } }));
  }

  /**
   * The next messages of each claim, in commit order and never past a transaction that is still open: what that one
   * wrote would sort before what is here. `unsettled` says that there is more behind such a transaction.
   */
  async fetch(claims: readonly Claim[], limit: number): Promise<{ messages: readonly Message[]; unsettled: boolean }> {
    const { rows } = await this.pool.query<Message & { settled: boolean }>({
      name: 'bus-fetch',
      text: `
        SELECT c.topic, c.partition, m.*
          FROM unnest($1::text[], $2::int[], $3::xid8[], $4::bigint[]) AS c (topic, partition, tx, position)
         CROSS JOIN LATERAL (
           SELECT m.tx, m.position, m.event, m.tx < pg_snapshot_xmin(pg_current_snapshot()) AS settled
             FROM bus.messages m
            WHERE m.topic = c.topic AND m.partition = c.partition AND (m.tx, m.position) > (c.tx, c.position)
            ORDER BY m.tx, m.position
            LIMIT $5
         ) AS m
         ORDER BY c.topic, c.partition, m.tx, m.position`,
      values: [
        claims.map(({ topic }) => topic),
        claims.map(({ partition }) => partition),
        claims.map(({ at }) => at.tx),
        claims.map(({ at }) => at.position),
        limit,
      ],
    });
    return { messages: rows.filter(({ settled }) => settled), unsettled: rows.some(({ settled }) => !settled) };
  }

  /** @returns the claims that hold; a later claim has taken the partitions of the others over */
  async commit(steps: readonly Step[]): Promise<ReadonlySet<Claim>> {
    const { rows } = await this.pool.query<{ n: string }>({
      name: 'bus-commit',
      text: `
        UPDATE bus.offsets o SET tx = s.tx, position = s.position
          FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::xid8[], $6::bigint[])
               WITH ORDINALITY AS s (consumer_group, topic, partition, epoch, tx, position, n)
         WHERE o.consumer_group = s.consumer_group AND o.topic = s.topic AND o.partition = s.partition
           AND o.epoch = s.epoch
        RETURNING s.n`,
      values: [
        steps.map(({ group }) => group),
        steps.map(({ claim }) => claim.topic),
        steps.map(({ claim }) => claim.partition),
        steps.map(({ claim }) => claim.epoch),
        steps.map(({ place }) => place.tx),
        steps.map(({ place }) => place.position),
      ],
    });
    const held = new Set(rows.map(({ n }) => Number(n)));
    return new Set(steps.filter((_, n) => held.has(n + 1)).map(({ claim }) => claim));
  }

  /** Moves past the message and keeps it as a dead letter, both or neither. @returns whether the claim holds */
  async setAside(group: string, claim: Claim, message: Message, reason: string, attempts: number): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `WITH moved AS (
         UPDATE bus.offsets SET tx = $5, position = $6
          WHERE consumer_group = $1 AND topic = $2 AND partition = $3 AND epoch = $4 RETURNING 1
       )
       INSERT INTO bus.dead_letters (consumer_group, topic, partition, tx, position, event, reason, attempts)
       SELECT $1, $2, $3, $5, $6, $7, $8, $9 FROM moved
       ON CONFLICT (consumer_group, topic, partition, tx, position)
       DO UPDATE SET reason = excluded.reason, attempts = excluded.attempts, failed = excluded.failed, redriven = NULL`,
      [group, claim.topic, claim.partition, claim.epoch, message.tx, message.position, message.event, reason, attempts],
    );
    return rowCount === 1;
  }

  async redriven(group: string): Promise<readonly Letter[]> {
    const { rows } = await this.pool.query<Letter>(
      `SELECT id, topic, partition, tx, position, event FROM bus.dead_letters
        WHERE consumer_group = $1 AND redriven IS NOT NULL ORDER BY tx, position`,
      [group],
    );
    return rows;
  }

  async buried(letter: Letter): Promise<void> {
    await this.pool.query('DELETE FROM bus.dead_letters WHERE id = $1', [letter.id]);
  }

  async failedAgain(letter: Letter, reason: string, attempts: number): Promise<void> {
    await this.pool.query(
      `UPDATE bus.dead_letters SET reason = $2, attempts = attempts + $3, failed = clock_timestamp(), redriven = NULL
        WHERE id = $1`,
      [letter.id, reason, attempts],
    );
  }

  async redrive(id: string): Promise<void> {
    if (!UUID.test(id)) throw new NoSuchDeadLetter();
    const { rowCount } = await this.pool.query(
      `WITH redriven AS (
         UPDATE bus.dead_letters SET redriven = coalesce(redriven, clock_timestamp()) WHERE id = $1
         RETURNING consumer_group
       )
       SELECT pg_notify('${CHANNEL}', 'group:' || consumer_group) FROM redriven`,
      [id],
    );
    if (rowCount !== 1) throw new NoSuchDeadLetter();
  }

  async deadLetters(group: string | undefined, most: number): Promise<readonly DeadLetter[]> {
    const { rows } = await this.pool.query<StoredLetter>(
      `SELECT ${LETTER} FROM bus.dead_letters
        WHERE redriven IS NULL AND ($1::text IS NULL OR consumer_group = $1) ORDER BY failed, id LIMIT $2`,
      [group ?? null, most],
    );
    return rows.map(letterOf);
  }

  async deadLetter(id: string): Promise<DeadLetter | undefined> {
    if (!UUID.test(id)) return undefined;
    const { rows } = await this.pool.query<StoredLetter>(`SELECT ${LETTER} FROM bus.dead_letters WHERE id = $1`, [id]);
    return rows[0] && letterOf(rows[0]);
  }

  async lag(group: string): Promise<number> {
    const { rows } = await this.pool.query<{ lag: string }>({
      name: 'bus-lag',
      text: `
        SELECT coalesce(sum(behind.count), 0)
             + (SELECT count(*) FROM bus.dead_letters WHERE consumer_group = $1 AND redriven IS NOT NULL) AS lag
          FROM bus.offsets o
         CROSS JOIN LATERAL (
           SELECT count(*) FROM bus.messages m
            WHERE m.topic = o.topic AND m.partition = o.partition AND (m.tx, m.position) > (o.tx, o.position)
         ) AS behind
         WHERE o.consumer_group = $1`,
      values: [group],
    });
    return Number(rows[0]?.lag ?? 0);
  }
}

type StoredLetter = Omit<DeadLetter, 'failedAt' | 'redrivenAt'> & {
  readonly failed: Date;
  readonly redriven: Date | null;
};

const LETTER = 'id, consumer_group AS "group", topic, event, reason, attempts, failed, redriven';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const letterOf = ({ failed, redriven, ...letter }: StoredLetter): DeadLetter => ({
  ...letter,
  failedAt: failed.toISOString(),
  ...(redriven ? { redrivenAt: redriven.toISOString() } : {}),
});
