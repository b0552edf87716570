import type { EventStore } from '@tsunagu/event-sourcing';
import type { FreshLog } from '@tsunagu/testing';
import { anEvent, eventually, freshLog, newStream } from '@tsunagu/testing';
import { Client } from 'pg';
import { eventStoreSchemaSql } from './schema';

let log: FreshLog;
let store: EventStore;

beforeEach(async () => {
  log = await freshLog();
  store = log.open();
});
afterEach(() => store.close());

async function as<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe('whatever was acknowledged is there, once', () => {
  it('when the server kills every connection again and again under load', async () => {
    const acknowledged: string[] = [];
    const seen: string[] = [];
    store.subscribe({}, async (events) => {
      seen.push(...events.map(({ id }) => id));
    });
    let killing = true;
    const write = async (): Promise<void> => {
      while (killing) {
        const event = anEvent();
        await store.append(newStream(), 'no-stream', [event]).then(
          () => acknowledged.push(event.id),
          () => undefined,
        );
      }
    };
    const writers = Array.from({ length: 16 }, write);
    await as(log.ownerUrl, async (killer) => {
      for (let round = 1; round <= 15; round += 1) {
        await eventually(() => expect(acknowledged.length).toBeGreaterThan(round * 50));
        await killer.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
        );
      }
    });
    killing = false;
    await Promise.all(writers);
    const stored = await eventually(async () => {
      const ids = (await store.readAll({ limit: 100_000 })).map(({ id }) => id);
      const found = new Set(ids);
      expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
      expect(seen).toEqual(ids);
      return ids;
    });
    expect(new Set(stored).size).toBe(stored.length);
  });
});

describe('one bad append harms only itself', () => {
  it('when it shares a statement with good ones', async () => {
    const first = store.append(newStream(), 'no-stream', [anEvent()]);
    const good = [newStream(), newStream()];
    const outcomes = await Promise.allSettled([
      first,
      store.append(good[0] ?? newStream(), 'no-stream', [anEvent()]),
      store.append(newStream(), 'no-stream', [anEvent(0, { id: 'not a uuid' })]),
      store.append(good[1] ?? newStream(), 'no-stream', [anEvent()]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    for (const stream of good) expect(await store.load(stream)).toHaveLength(1);
  });

  it('when two processes race for one stream among others', async () => {
    const rival = log.open();
    const race = async (one: EventStore): Promise<number> => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 40 }, (_, n) => one.append(`race-${n}`, 'no-stream', [anEvent()])),
      );
      return outcomes.filter(({ status }) => status === 'fulfilled').length;
    };
    const [mine, theirs] = await Promise.all([race(store), race(rival)]);
    expect(mine + theirs).toBe(40);
    await rival.close();
  });
});

describe('the runtime role can only add to the log', () => {
  it.each([
    ['change', `UPDATE log.events SET type = 'X'`],
    ['delete', 'DELETE FROM log.events'],
    ['truncate', 'TRUNCATE log.events'],
    ['drop', 'DROP TABLE log.events'],
    ['back-date', `INSERT INTO log.events (recorded_at) VALUES ('2020-01-01')`],
    ['pick a transaction', `INSERT INTO log.events (tx) VALUES ('1')`],
  ])('not %s', async (_, sql) => {
    await store.append(newStream(), 'no-stream', [anEvent()]);
    await expect(as(log.runtimeUrl, (client) => client.query(sql))).rejects.toThrow(/permission denied|must be owner/);
  });
});

describe('the log', () => {
  it('keeps the exact bytes of what was written', async () => {
    const data = { z: 1, a: [1.0, 1e21, 'é\u2028"\\'], '': { z: null, a: '  ' } };
    await store.append(newStream(), 'no-stream', [anEvent(0, { data })]);
    const { rows } = await as(log.ownerUrl, (client) =>
      client.query<{ text: string }>('SELECT data::text AS text FROM log.events'),
    );
    expect(rows[0]?.text).toBe(JSON.stringify(data));
  });

  it('can be prepared again without harm', async () => {
    await store.append(newStream(), 'no-stream', [anEvent()]);
    const role = new URL(log.runtimeUrl).username;
    await as(log.ownerUrl, (client) => client.query(eventStoreSchemaSql('log', role)));
    await eventually(async () => expect(await store.readAll({ limit: 9 })).toHaveLength(1));
  });

  it('is refused when it comes from a server that was further on, since new events would sort before old ones', async () => {
    const role = new URL(log.runtimeUrl).username;
    const restored = as(log.ownerUrl, async (client) => {
      await client.query(`INSERT INTO log.events
        (tx, ordinal, stream, revision, id, type, schema_version, data, metadata, command_id)
        VALUES ('9999999999', 0, 'a-b', 0, gen_random_uuid(), 'X', 1, '{}', '{}', 'c')`);
      await client.query(eventStoreSchemaSql('log', role));
    });
    await expect(restored).rejects.toThrow('pg_resetwal');
  });
});
