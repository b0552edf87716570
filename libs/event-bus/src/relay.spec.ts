import { randomUUID } from 'node:crypto';
import type { EventStore, RecordedEvent } from '@tsunagu/event-sourcing';
import { anEvent, eventually, freshDatabase, freshLog, newStream, planRevised } from '@tsunagu/testing';
import { Pool } from 'pg';
import { type EventBus, inboxSchemaSql, type Outgoing, relay, type Relay } from './index';

/** The one thing a relay needs of a bus, kept in memory: what it has, and whether it takes more. */
class Postbox {
  readonly ids: string[] = [];
  open = true;
  readonly bus = {
    publish: async (events: readonly Outgoing[]): Promise<void> => {
      if (!this.open) throw new Error('the bus is down');
      this.ids.push(...events.map(({ event }) => event.id));
    },
  } as EventBus;
}

const publish = ({ id, type }: RecordedEvent): readonly Outgoing[] => {
  const { topic, event } = planRevised(randomUUID(), 0);
  return type === 'Private' ? [] : [{ topic, event: { ...event, id } }];
};

describe('the relay carries a log to the bus', () => {
  let store: EventStore;
  let url: string;
  let pools: Pool[];
  let running: Relay[];

  beforeEach(async () => {
    store = (await freshLog()).open();
    url = await freshDatabase();
    pools = [];
    running = [];
    await pool().query(inboxSchemaSql);
  });
  afterEach(async () => {
    await Promise.all(running.map((one) => one.stop()));
    await Promise.all(pools.map((one) => one.end()));
    await store.close();
  });

  function pool(): Pool {
    const made = new Pool({ connectionString: url });
    made.on('error', () => undefined);
    pools.push(made);
    return made;
  }
  const start = (box: Postbox, from = pool(), onError?: (error: unknown) => void): Relay => {
    const started = relay({ name: 'plans', store, bus: box.bus, publish, pool: from, ...(onError ? { onError } : {}) });
    running.push(started);
    return started;
  };
  const record = async (count: number, type = 'Public'): Promise<string[]> => {
    const events = Array.from({ length: count }, () => anEvent(0, { type }));
    await store.append(newStream(), 'no-stream', events);
    return events.map(({ id }) => id);
  };

  it('in order, what is public, and goes on after a restart from where it was', async () => {
    const box = new Postbox();
    const before = await record(3);
    await record(2, 'Private');
    const first = start(box);
    await eventually(() => expect(box.ids).toEqual(before));
    await eventually(async () => expect(await first.lag()).toBe(0));
    await first.stop();
    const after = await record(2);
    start(box);
    await eventually(() => expect(box.ids).toEqual([...before, ...after]));
  });

  it('moves its checkpoint only after the bus has the events', async () => {
    const box = new Postbox();
    box.open = false;
    const ids = await record(2);
    const errors: unknown[] = [];
    const one = start(box, pool(), (error) => errors.push(error));
    await eventually(() => expect(errors.length).toBeGreaterThan(0));
    expect(await one.lag()).toBe(2);
    box.open = true;
    await eventually(async () => expect(await one.lag()).toBe(0));
    expect(box.ids).toEqual(ids);
  });

  it('on one instance at a time; the next takes over when it loses its connection', async () => {
    const [first, second] = [new Postbox(), new Postbox()];
    const active = start(first);
    const ids = await record(1);
    await eventually(() => expect(first.ids).toEqual(ids));
    start(second);
    const more = await record(1);
    await eventually(() => expect(first.ids).toEqual([...ids, ...more]));
    await eventually(async () => expect(await active.lag()).toBe(0));
    expect(second.ids).toEqual([]);
    await active.stop();
    const last = await record(1);
    await eventually(() => expect(second.ids).toEqual(last));
  });

  it('and comes back by itself after the server threw it out', async () => {
    const box = new Postbox();
    start(box);
    const first = await record(1);
    await eventually(() => expect(box.ids).toEqual(first));
    await pool().query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    const [id] = await record(1);
    await eventually(() => expect(box.ids).toContain(id));
  });
});
