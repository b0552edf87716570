import { randomBytes } from 'node:crypto';
import {
  type BusHarness,
  eventBusContract,
  eventually,
  freshDatabase,
  PLAN_TOPIC,
  planRevised,
  severableLines,
} from '@tsunagu/testing';
import { Client, Pool } from 'pg';
import { busSchemaSql, type EventBus, inboxSchemaSql, postgresEventBus } from '../index';

const retry = { attempts: 3, firstDelayMs: 0, maxDelayMs: 0 };

interface Fixture extends BusHarness {
  readonly owner: Pool;
  urlOf(role: string): string;
}

const roles = { 'follow-up': 'r1', journey: 'r2', stranger: 'r3' };

async function fixture(): Promise<Fixture> {
  const url = await freshDatabase();
  const owner = new Pool({ connectionString: url });
  owner.on('error', () => undefined);
  const suffix = randomBytes(4).toString('hex');
  const named = (role: string): string => `${role}_${suffix}`;
  for (const role of Object.values(roles)) await owner.query(`CREATE ROLE ${named(role)} LOGIN PASSWORD 'bus'`);
  const rights = [
    { role: named(roles['follow-up']), publishes: [PLAN_TOPIC], reads: [PLAN_TOPIC] },
    { role: named(roles.journey), publishes: [], reads: [PLAN_TOPIC] },
    { role: named(roles.stranger), publishes: ['tsunagu.referral.facts'], reads: [] },
  ];
  await Promise.all([owner.query(busSchemaSql(rights)), owner.query(busSchemaSql(rights))]);
  await owner.query(inboxSchemaSql);
  const urlOf = (role: string): string => {
    const as = new URL(url);
    as.username = named(role);
    as.password = 'bus';
    return as.href;
  };
  const opened: (() => Promise<unknown>)[] = [() => owner.end()];
  const open = (connectionString = urlOf(roles['follow-up'])): EventBus => {
    const bus = postgresEventBus({ connectionString, retry });
    opened.unshift(() => bus.close());
    return bus;
  };
  const openMortal = async (): Promise<{ bus: EventBus; die(): Promise<void> }> => {
    const [line] = await severableLines([urlOf(roles['follow-up'])]);
    if (!line) throw new Error('no line');
    return { bus: open(line.url), die: async () => line.sever() };
  };
  const close = async (): Promise<void> => {
    for (const one of opened) await one();
  };
  return { open, openMortal, reads: owner, close, owner, urlOf };
}

eventBusContract('the PostgreSQL bus', fixture);

describe('the PostgreSQL bus', () => {
  let harness: Fixture;
  beforeEach(async () => (harness = await fixture()));
  afterEach(() => harness.close());

  it('never skips an event that commits late, behind two slow transactions', async () => {
    const person = 'b1e0c1de-0000-4000-8000-000000000001';
    const slow = [new Client(harness.urlOf(roles['follow-up'])), new Client(harness.urlOf(roles['follow-up']))];
    const insert = `INSERT INTO bus.messages (topic, partition, event) VALUES ($1, 0, $2)`;
    for (const [n, client] of slow.entries()) {
      await client.connect();
      await client.query('BEGIN');
      await client.query(insert, [PLAN_TOPIC, planRevised(person, n).event]);
    }
    const bus = harness.open();
    const seen: number[] = [];
    await bus.publish(Array.from({ length: 20 }, (_, n) => planRevised(person, 2 + n)));
    await bus.consume({ group: 'g', topics: [PLAN_TOPIC], handle: async ({ revision }) => void seen.push(revision) });
    const [first, second] = slow;
    await second?.query('COMMIT');
    expect(await bus.lag('g')).toBe(21);
    expect(seen).toEqual([]);
    await first?.query('COMMIT');
    await eventually(async () => expect(await bus.lag('g')).toBe(0));
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 22 }, (_, n) => n));
    await Promise.all(slow.map((client) => client.end()));
  });

  it('goes on by itself after the server threw every connection out', async () => {
    const bus = harness.open();
    const seen = new Set<number>();
    await bus.consume({ group: 'g', topics: [PLAN_TOPIC], handle: async ({ revision }) => void seen.add(revision) });
    await harness.owner.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    const person = 'b1e0c1de-0000-4000-8000-000000000001';
    await eventually(() => bus.publish([planRevised(person, 1)]));
    await eventually(() => expect(seen).toEqual(new Set([1])));
  });

  it('a service publishes only on its own topics and reads only what it consumes', async () => {
    const event = planRevised('b1e0c1de-0000-4000-8000-000000000001', 0);
    await harness.open().publish([event]);
    for (const role of [roles.journey, roles.stranger]) {
      const bus = postgresEventBus({ connectionString: harness.urlOf(role) });
      await expect(bus.publish([event])).rejects.toThrow('row-level security');
      await bus.close();
    }
    const stranger = new Pool({ connectionString: harness.urlOf(roles.stranger) });
    expect((await stranger.query('SELECT 1 FROM bus.messages')).rowCount).toBe(0);
    await expect(stranger.query('DELETE FROM bus.messages')).rejects.toThrow('permission denied');
    await expect(stranger.query('UPDATE bus.rights SET reads = true')).rejects.toThrow('permission denied');
    await stranger.end();
  });

  it("a service cannot touch another's progress", async () => {
    const ours = harness.open();
    const consumer = await ours.consume({ group: 'g', topics: [PLAN_TOPIC], handle: async () => undefined });
    await consumer.stop();
    const theirs = postgresEventBus({ connectionString: harness.urlOf(roles.journey) });
    await expect(theirs.consume({ group: 'g', topics: [PLAN_TOPIC], handle: async () => undefined })).rejects.toThrow(
      'may not consume',
    );
    await theirs.close();
  });

  it('lets go of facts after a year, never of events, and says that its history has a gap', async () => {
    const facts = 'tsunagu.referral.facts';
    await harness.owner.query(
      `INSERT INTO bus.messages (topic, partition, published, event)
       SELECT topic, n % 8, clock_timestamp() - make_interval(days => days), '{}'
         FROM unnest($1::text[]) AS topic, unnest(ARRAY[364, 366, 4000]) AS days, generate_series(1, 3000) AS n`,
      [[facts, PLAN_TOPIC]],
    );
    const bus = postgresEventBus({ connectionString: harness.urlOf(roles.stranger) });
    const whole = async (topic: string): Promise<boolean> => (await bus.history([topic], async () => undefined)).whole;
    expect([await whole(facts), await whole(PLAN_TOPIC)]).toEqual([true, true]);
    expect(await bus.prune()).toBe(6000);
    expect(await bus.prune()).toBe(0);
    expect([await whole(facts), await whole(PLAN_TOPIC)]).toEqual([false, true]);
    const { rows } = await harness.owner.query(
      'SELECT topic, count(*)::int AS left FROM bus.messages GROUP BY topic ORDER BY topic',
    );
    expect(rows).toEqual([
      { topic: PLAN_TOPIC, left: 9000 },
      { topic: facts, left: 3000 },
    ]);
    await bus.close();
  });

  it('reads a partition through its index, row-level security included', async () => {
    const plan = new Pool({ connectionString: harness.urlOf(roles['follow-up']), max: 1 });
    await plan.query('SET enable_seqscan = off');
    const { rows } = await plan.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT event FROM bus.messages WHERE topic = 'x' AND partition = 0 AND (tx, position) > ('5', 7)
        ORDER BY tx, position LIMIT 100`,
    );
    const text = rows.map((row) => row['QUERY PLAN']).join('\n');
    await plan.end();
    expect(text).toMatch(/Index Cond:.*topic.*partition.*ROW\(tx, "?position"?\)/);
  });
});
