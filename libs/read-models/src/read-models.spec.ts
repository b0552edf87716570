import { randomUUID } from 'node:crypto';
import type { EventStore, RecordedEvent, StreamName } from '@tsunagu/event-sourcing';
import type { FreshLog } from '@tsunagu/testing';
import { anEvent, eventually, freshDatabase, freshLog } from '@tsunagu/testing';
import { Client } from 'pg';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { checkpointSchemaSql, compareRebuilt, compareReplayed, foldInto, projector, rebuild } from './index';
import type { Projector, ReadModel } from './index';

@Entity('tallies')
class TallyRow {
  @PrimaryColumn('text') id!: string;
  @Column('int') total!: number;
  @Column('jsonb') seen!: readonly number[];
  @Column('text', { nullable: true }) note!: string | null;
  @Column('timestamptz', { name: 'last_at' }) lastAt!: Date;
  @Column('date', { nullable: true }) due!: string | null;
  @Column('boolean') even!: boolean;
  @Column('text', { array: true }) tags!: readonly string[];
}

const numberOf = (event: RecordedEvent): number => ('n' in event.data ? Number(event.data.n) : 0);

/** Adds up a stream's numbers and everybody's; a negative number ends the stream's row. */
const tallies: ReadModel<TallyRow, RecordedEvent> = {
  name: 'tallies',
  entity: TallyRow,
  keysOf: (event) => (event.type === 'Noise' ? [] : [event.stream, 'everybody']),
  evolve: (row, event, key) => {
    const n = numberOf(event);
    if (n < 0 && key !== 'everybody') return undefined;
    const total = (row?.total ?? 0) + n;
    return {
      id: key,
      total,
      seen: [...(row?.seen ?? []), n].slice(-3),
      note: n % 3 === 0 ? null : `"${n}" は\n'印'`,
      lastAt: new Date(event.recordedAt),
      due: n % 2 === 0 ? '2026-11-22' : null,
      even: total % 2 === 0,
      tags: ['a b', '"', `${n}`],
    };
  },
};

let log: FreshLog;
let store: EventStore;
let reads: DataSource;
let errors: unknown[];
const running: Projector[] = [];

const readsOf = async (url: string): Promise<DataSource> =>
  new DataSource({
    type: 'postgres',
    url,
    entities: [TallyRow],
    poolSize: 6,
    poolErrorHandler: () => undefined,
  }).initialize();

beforeEach(async () => {
  log = await freshLog();
  store = log.open();
  reads = await readsOf(await freshDatabase());
  await reads.synchronize();
  await reads.query(checkpointSchemaSql);
  errors = [];
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await Promise.all([store.close(), reads.destroy()]);
});

const start = (changes: { dataSource?: DataSource; model?: typeof tallies; batchSize?: number } = {}): Projector => {
  const { dataSource = reads, model = tallies, batchSize = 500 } = changes;
  const onError = (error: unknown): number => errors.push(error);
  const started = projector({ store, dataSource, models: [model], batchSize, onError });
  running.push(started);
  return started;
};

const newStream = (): StreamName => `tally-${randomUUID()}`;
const append = (stream: StreamName, numbers: readonly number[], at = -1): Promise<unknown> =>
  store.append(
    stream,
    at < 0 ? 'no-stream' : at,
    numbers.map((n) => anEvent(n)),
  );
const totalOf = async (id: string): Promise<number | undefined> =>
  (await reads.getRepository(TallyRow).findOneBy({ id }))?.total;
const caughtUp = (one: Projector): Promise<void> => eventually(async () => expect(await one.lag()).toBe(0));
const differences = () => compareRebuilt({ store, dataSource: reads }, tallies);

describe('a projector keeps rows as the fold of the log', () => {
  it('of what was there and what comes, removals too', async () => {
    const [kept, ended] = [newStream(), newStream()];
    await append(kept, [1, 2, 3]);
    await append(ended, [5]);
    const live = start();
    await eventually(async () => expect(await totalOf(kept)).toBe(6));
    await append(kept, [4], 2);
    await append(ended, [-1], 0);
    await eventually(async () => expect(await totalOf('everybody')).toBe(14));
    expect(await totalOf(kept)).toBe(10);
    expect(await totalOf(ended)).toBeUndefined();
    await caughtUp(live);
    expect(errors).toEqual([]);
  });

  it.each([1, 7, 500])('byte for byte as a rebuild would, in batches of %i', async (batchSize) => {
    const streams = Array.from({ length: 20 }, newStream);
    const live = start({ batchSize });
    await Promise.all(streams.map((stream, n) => append(stream, [n, n + 1, n % 4 === 0 ? -1 : 7, n])));
    await caughtUp(live);
    expect(await totalOf('everybody')).toBeGreaterThan(0);
    expect(await differences()).toEqual([]);
  });

  it('and says where they differ', async () => {
    const stream = newStream();
    await append(stream, [1]);
    await caughtUp(start());
    await reads.query(`UPDATE tallies SET note = 'tampered' WHERE id = $1`, [stream]);
    await reads.query(`DELETE FROM tallies WHERE id = 'everybody'`);
    const found = await differences();
    expect(found.map(({ key }) => key)).toEqual(['everybody', stream]);
    expect(found[0]).toMatchObject({ live: null, rebuilt: expect.stringContaining('everybody') });
    expect(found[1]?.live).toContain('tampered');
  });

  it('with a checkpoint that also moves over events which change nothing', async () => {
    const stream = newStream();
    await store.append(
      stream,
      'no-stream',
      Array.from({ length: 600 }, (_, n) => anEvent(n, { type: 'Noise' })),
    );
    const live = start();
    await caughtUp(live);
    await live.stop();
    const [checkpoint] = await reads.query(`SELECT position FROM checkpoints`);
    expect(checkpoint).toEqual({ position: await store.head() });
    expect(await reads.getRepository(TallyRow).count()).toBe(0);
  });
});

describe('rows and checkpoint move together', () => {
  it('so a batch that fails leaves neither, and is folded again once it can be', async () => {
    let broken = true;
    const stream = newStream();
    await append(stream, [1, 2]);
    const fragile: typeof tallies = {
      ...tallies,
      evolve: (row, event, key) => {
        if (broken && numberOf(event) === 2) throw new Error('not yet');
        return tallies.evolve(row, event, key);
      },
    };
    const live = start({ model: fragile });
    await eventually(() => expect(errors.length).toBeGreaterThan(1));
    expect(await totalOf(stream)).toBeUndefined();
    expect(await live.lag()).toBe(2);
    broken = false;
    await eventually(async () => expect(await totalOf(stream)).toBe(3));
  });

  it('whatever connection dies in between', async () => {
    const url = new URL(log.ownerUrl);
    const [{ name }] = await reads.query('SELECT current_database() AS name');
    const killer = new Client({ connectionString: url.href });
    await killer.connect();
    const live = start({ batchSize: 3 });
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(Array.from({ length: 5 }, () => append(newStream(), [round, 1])));
      await killer.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    }
    await killer.end();
    await eventually(async () => expect(await totalOf('everybody')).toBe(5 * 55), 20_000);
    await caughtUp(live);
    expect(await differences()).toEqual([]);
  });
});

describe('of several instances one projects', () => {
  it('and another takes over when it is gone', async () => {
    const stream = newStream();
    const other = await readsOf(String(Reflect.get(reads.options, 'url')));
    const first = start();
    await append(stream, [1]);
    await eventually(async () => expect(await totalOf(stream)).toBe(1));
    const second = start({ dataSource: other });
    await append(stream, [2], 0);
    await eventually(async () => expect(await totalOf(stream)).toBe(3));
    await first.stop();
    await append(stream, [3], 1);
    await eventually(async () => expect(await totalOf(stream)).toBe(6));
    await caughtUp(second);
    expect(await differences()).toEqual([]);
    await second.stop();
    await other.destroy();
  });
});

describe('a rebuild', () => {
  it('puts the fold of the whole log in place of what was there, under a running projector', async () => {
    const stream = newStream();
    const live = start();
    await append(stream, [1, 2]);
    await caughtUp(live);
    await reads.query(`UPDATE tallies SET total = 999`);
    await reads.query(
      `INSERT INTO tallies SELECT 'stray', total, seen, note, last_at, due, even, tags FROM tallies LIMIT 1`,
    );
    expect(await live.rebuild('tallies')).toBe(2);
    expect(await totalOf('stray')).toBeUndefined();
    await append(stream, [3], 1);
    await eventually(async () => expect(await totalOf(stream)).toBe(6));
    await caughtUp(live);
    expect(await differences()).toEqual([]);
  });

  it('never shows a table half built', async () => {
    await Promise.all(Array.from({ length: 50 }, () => append(newStream(), [1])));
    await rebuild({ store, dataSource: reads }, tallies);
    const counts = new Set<number>();
    let rebuilding = true;
    const looking = (async () => {
      while (rebuilding) counts.add(await reads.getRepository(TallyRow).count());
    })();
    await rebuild({ store, dataSource: reads }, tallies);
    rebuilding = false;
    await looking;
    expect([...counts]).toEqual([51]);
  });
});

describe('foldInto folds events inside the caller’s transaction', () => {
  const counter: ReadModel<TallyRow, number> = {
    name: 'counter',
    entity: TallyRow,
    keysOf: () => ['one'],
    evolve: (row, n) => {
      const blank = { id: 'one', seen: [], note: null, lastAt: new Date(0), due: null, even: false, tags: [] };
      return n < 0 ? undefined : { ...blank, total: (row?.total ?? 0) + n };
    },
  };

  it('which undoes it when it fails', async () => {
    await reads.transaction((tx) => foldInto(tx, counter, [2]));
    const failed = reads.transaction(async (tx) => {
      await foldInto(tx, counter, [3]);
      throw new Error('consumer failed');
    });
    await expect(failed).rejects.toThrow('consumer failed');
    expect(await totalOf('one')).toBe(2);
    await reads.transaction((tx) => foldInto(tx, counter, [-1]));
    expect(await totalOf('one')).toBeUndefined();
  });

  it('and loses no update to another on the same key', async () => {
    await Promise.all(Array.from({ length: 12 }, () => reads.transaction((tx) => foldInto(tx, counter, [1]))));
    expect(await totalOf('one')).toBe(12);
  });
});

describe('compareReplayed makes rows once more from a history of the bus', () => {
  const events = Array.from({ length: 6 }, (_, n) => ({ id: randomUUID(), key: n % 2 === 0 ? 'even' : 'odd', n }));
  const sums: ReadModel<TallyRow, (typeof events)[number]> = {
    name: 'sums',
    entity: TallyRow,
    keysOf: ({ key }) => [key],
    evolve: (row, { n }, id) => {
      const blank = { id, seen: [], note: null, lastAt: new Date(0), due: null, even: false, tags: [] };
      return { ...blank, total: (row?.total ?? 0) + n };
    },
  };
  const compared = () =>
    compareReplayed(reads, [sums], async (see) => {
      await see([...events.slice(0, 4), ...events.slice(2)]);
      await see(events.slice(3));
    });

  it('as they are, though some events come twice', async () => {
    for (const event of events) await reads.transaction((tx) => foldInto(tx, sums, [event]));
    expect(await compared()).toEqual({ sums: [] });
  });

  it('and says which rows are not so', async () => {
    for (const event of events) await reads.transaction((tx) => foldInto(tx, sums, [event]));
    await reads.query(`UPDATE tallies SET total = total + 1 WHERE id = 'odd'`);
    const [found, ...others] = (await compared())['sums'] ?? [];
    expect(others).toEqual([]);
    expect(found?.key).toBe('odd');
    expect(await totalOf('odd')).toBe(10);
  });
});
