import { randomUUID } from 'node:crypto';
import type { EventStore, RecordedEvent } from '@tsunagu/event-sourcing';
import type { FreshLog } from '@tsunagu/testing';
import { anEvent, eventually, freshLog, newStream, numbersOf } from '@tsunagu/testing';
import { Client } from 'pg';

let log: FreshLog;
const open: EventStore[] = [];
const openStore = (): EventStore => {
  const store = log.open();
  open.push(store);
  return store;
};

beforeEach(async () => {
  log = await freshLog();
});
afterEach(() => Promise.all(open.splice(0).map((store) => store.close())));

/** Another process in the middle of its append: inserted, and not yet committed. */
async function slowAppend(n: number): Promise<{ commit(): Promise<void> }> {
  const client = new Client({ connectionString: log.runtimeUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query(
    `INSERT INTO log.events (ordinal, stream, revision, id, type, schema_version, data, metadata, command_id)
     VALUES (0, $1, 0, $2, 'NeedRecorded', 1, $3, '{}', 'c')`,
    [newStream(), randomUUID(), JSON.stringify({ n })],
  );
  return {
    commit: async () => {
      await client.query('COMMIT');
      await client.end();
    },
  };
}

describe('the order of the log never skips an event that commits late', () => {
  it('when two slow transactions commit in the other order, and a quick one overtakes both', async () => {
    const [store, reader] = [openStore(), openStore()];
    const seen: unknown[] = [];
    reader.subscribe({}, async (events) => {
      seen.push(...numbersOf(events));
    });
    await store.append(newStream(), 'no-stream', [anEvent(0)]);
    await eventually(() => expect(seen).toEqual([0]));
    const first = await slowAppend(1);
    const second = await slowAppend(2);
    const quick = newStream();
    await store.append(quick, 'no-stream', [anEvent(3)]);
    expect(numbersOf(await store.load(quick))).toEqual([3]);
    await second.commit();
    expect(numbersOf(await store.readAll({ limit: 10 }))).toEqual([0]);
    expect(seen).toEqual([0]);
    await first.commit();
    await eventually(() => expect(seen).toEqual([0, 1, 2, 3]));
    expect(numbersOf(await store.readAll({ limit: 10 }))).toEqual([0, 1, 2, 3]);
  });

  it('under 32 writers in two processes, for subscribers in both and in a third', async () => {
    const stores = [openStore(), openStore(), openStore()];
    const seen = stores.map((): RecordedEvent[] => []);
    stores.forEach((store, n) =>
      store.subscribe({ batchSize: 40 }, async (events) => {
        seen[n]?.push(...events);
      }),
    );
    const written = new Set<string>();
    const write = async (writer: number): Promise<void> => {
      const store = writer % 2 ? stores[0] : stores[1];
      const stream = newStream();
      for (let n = 0; n < 40; n += 1) {
        const event = anEvent(n);
        await store?.append(stream, n === 0 ? 'no-stream' : n - 1, [event]);
        written.add(event.id);
      }
    };
    await Promise.all(Array.from({ length: 32 }, (_, writer) => write(writer)));
    for (const events of seen) await eventually(() => expect(events.length).toBeGreaterThanOrEqual(written.size));
    for (const events of seen) {
      const ids = events.map(({ id }) => id);
      expect(ids).toHaveLength(32 * 40);
      expect(new Set(ids)).toEqual(written);
      const positions = events.map(({ position }) => position);
      expect(positions).toEqual([...positions].sort());
    }
  });
});

describe('an append is announced in its own transaction', () => {
  it('to whoever listens, once for all that shared the statement', async () => {
    const client = new Client({ connectionString: log.runtimeUrl });
    await client.connect();
    const heard: (string | undefined)[] = [];
    client.on('notification', ({ payload }) => heard.push(payload));
    await client.query('LISTEN "events:log"');
    const store = openStore();
    const alone = store.append(newStream(), 'no-stream', [anEvent()]);
    const together = [1, 2, 3].map(() => store.append(newStream(), 'no-stream', [anEvent()]));
    await Promise.all([alone, ...together]);
    await eventually(() => expect(heard).toHaveLength(2));
    await client.end();
  });
});
