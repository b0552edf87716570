import type { EventStore, Position } from '@tsunagu/event-sourcing';
import {
  anEvent,
  eventually,
  type FreshLog,
  freshLog,
  KurrentDouble,
  newStream,
  sampleMetadata,
} from '@tsunagu/testing';
import { Client } from 'pg';
import { copyLog, type CopyTarget } from './copy';
import { kurrentCopyTarget } from './kurrentdb/copy-target';
import { postgresCopyTarget } from './postgres/copy-target';

let double: KurrentDouble;
let log: FreshLog;
const closing: (() => Promise<void>)[] = [];
const kept = <T extends EventStore | CopyTarget>(opened: T): T => {
  closing.push(() => ('store' in opened ? opened.store.close() : opened.close()));
  return opened;
};
const kurrent = (): CopyTarget =>
  kept(kurrentCopyTarget({ connectionString: double.connectionString, prefix: 'referral' }));
const postgres = ({ ownerUrl, schema }: FreshLog): CopyTarget =>
  kept(postgresCopyTarget({ connectionString: ownerUrl, schema }));

beforeEach(async () => {
  double = await new KurrentDouble().start();
  log = await freshLog();
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  double.kill();
  expect(double.refused).toEqual([]);
});

/** Streams that take turns, some of several events at once, with whatever JSON may hold. */
async function written(store: EventStore, streams: number): Promise<void> {
  const names = Array.from({ length: streams }, newStream);
  for (const [n, stream] of names.entries()) {
    await store.append(stream, 'no-stream', [
      anEvent(n, { data: { n, z: 1, a: [1, 1e21, 'é\u2028"\\つなぐ'], '': { z: null, 10: '', 9: '' } } }),
      anEvent(n, { schemaVersion: 3, metadata: sampleMetadata }),
    ]);
  }
  for (const [n, stream] of names.entries()) await store.append(stream, 1, [anEvent(n)]);
  await eventually(async () => expect(await store.readAll({ limit: 100_000 })).toHaveLength(3 * streams));
}

const textOf = async ({ ownerUrl }: FreshLog): Promise<unknown> => {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ events: string }>(
    `SELECT string_agg(concat_ws('|', stream, revision, id, type, schema_version, data::text, metadata::text, command_id,
       coalesce(fingerprint, '-'), recorded_at), E'\\n' ORDER BY tx, ordinal) AS events FROM log.events`,
  );
  await client.end();
  return rows[0]?.events;
};

describe('a log that is copied from PostgreSQL to KurrentDB and back', () => {
  it('is the same byte for byte, server times included', async () => {
    const source = kept(log.open());
    await written(source, 200);
    const there = await copyLog(source, kurrent());
    expect(there).toMatchObject({ events: 600, streams: 200, alreadyThere: 0 });
    const back = await freshLog();
    const returned = await copyLog(kurrent().store, postgres(back));
    expect(returned).toEqual(there);
    expect(await textOf(back)).toBe(await textOf(log));
    expect(await textOf(back)).toContain('つなぐ');
  });

  it('answers commands and readers as before', async () => {
    const source = kept(log.open());
    await written(source, 2);
    const target = kurrent();
    await copyLog(source, target);
    const [event] = await source.readAll({ limit: 1 });
    if (!event) throw new Error('nothing was written');
    expect(await target.store.load(event.stream)).toEqual(await source.load(event.stream));
    const { position: _, ...copied } = (await target.store.readStream(event.stream))[0] ?? event;
    expect(event).toMatchObject(copied);
    expect(await target.store.append(event.stream, 2, [anEvent()])).toMatchObject({ revision: 3 });
    await expect(target.store.append(event.stream, 2, [anEvent()])).rejects.toThrow('no longer at 2');
  });
});

describe('a copy that was interrupted', () => {
  it('goes on where the target ends, and copies nothing twice', async () => {
    const source = kept(log.open());
    await written(source, 200);
    const target = kurrent();
    let pages = 0;
    const failing: CopyTarget = {
      store: target.store,
      add: async (events) => {
        pages += 1;
        if (pages === 1) return target.add(events);
        await target.add(events.slice(0, 23));
        throw new Error('the line broke');
      },
    };
    await expect(copyLog(source, failing)).rejects.toThrow('the line broke');
    expect(await copyLog(source, target)).toMatchObject({ events: 600, alreadyThere: 523 });
    expect(double.log.all).toHaveLength(600);
  });

  it('and one whose source has grown brings what is new; a third changes nothing', async () => {
    const source = kept(log.open());
    await written(source, 5);
    const target = postgres(await freshLog());
    await copyLog(source, target);
    await source.append(newStream(), 'no-stream', [anEvent()]);
    await eventually(async () => expect(await source.readAll({ limit: 99 })).toHaveLength(16));
    const second = await copyLog(source, target);
    expect(second).toMatchObject({ events: 16, streams: 6, alreadyThere: 15 });
    expect(await copyLog(source, target)).toEqual({ ...second, alreadyThere: 16 });
  });
});

describe('positions that readers have kept', () => {
  it('are told as they are in the copy, whether they were moved before or not', async () => {
    const source = kept(log.open());
    await written(source, 2);
    const target = kurrent();
    const [, here] = await source.readAll({ limit: 2 });
    await copyLog(source, target);
    const [, there] = await target.store.readAll({ limit: 2 });
    if (!here || !there) throw new Error('nothing was copied');
    const { positions } = await copyLog(source, target, { follow: new Set([here.position, there.position]) });
    expect(positions).toEqual(new Map([here, there].map(({ position }) => [position, there.position])));
  });

  it('are refused when no event has them', async () => {
    const source = kept(log.open());
    await written(source, 1);
    const follow = new Set(['0'.repeat(24) as Position]);
    await expect(copyLog(source, kurrent(), { follow })).rejects.toThrow('is in neither log');
  });

  it('are refused when they could be of either log', async () => {
    const source = kept(log.open());
    await written(source, 3);
    const target = postgres(await freshLog());
    await copyLog(source, target);
    const [, second] = await target.store.readAll({ limit: 2 });
    const [original] = await source.readAll({ limit: 1 });
    if (!second || !original) throw new Error('nothing was copied');
    const confused: CopyTarget = {
      add: target.add,
      store: {
        ...target.store,
        readAll: async (options) => {
          const events = await target.store.readAll(options);
          return events.map((event) => (event.id === second.id ? { ...event, position: original.position } : event));
        },
      },
    };
    await expect(copyLog(source, confused, { follow: new Set([original.position]) })).rejects.toThrow(
      'is in both logs',
    );
  });
});

describe('a copy is refused', () => {
  it('into a log that holds something else, and writes nothing there', async () => {
    const source = kept(log.open());
    await written(source, 2);
    const target = kurrent();
    await target.store.append(newStream(), 'no-stream', [anEvent()]);
    await expect(copyLog(source, target)).rejects.toThrow('Event 1 is NeedRecorded');
    expect(double.log.all).toHaveLength(1);
  });

  it('into a log that is ahead', async () => {
    const source = kept(log.open());
    await written(source, 2);
    const target = kurrent();
    await copyLog(source, target);
    await target.store.append(newStream(), 'no-stream', [anEvent()]);
    await expect(copyLog(source, target)).rejects.toThrow('more than the 6 events');
  });

  it.each([
    ['data', { data: { n: 8 } }],
    ['the schema version', { schemaVersion: 2 }],
    ['metadata', { metadata: { ...sampleMetadata, purpose: 'other' } }],
    ['the server time', { recordedAt: '2020-01-01T00:00:00.000Z' }],
  ])('when one event of the target has other content: %s', async (_, change) => {
    const source = kept(log.open());
    await source.append(newStream(), 'no-stream', [anEvent(7, { metadata: sampleMetadata })]);
    const target = kurrent();
    const changing: CopyTarget = {
      store: target.store,
      add: (events) => target.add(events.map((event) => ({ ...event, ...change }))),
    };
    await eventually(async () => expect(await source.head()).toBeDefined());
    await expect(copyLog(source, changing)).rejects.toThrow('or has other content');
  });

  it('to the runtime role of a PostgreSQL log, which may not set server times', async () => {
    const source = kept(log.open());
    await written(source, 1);
    const { runtimeUrl, schema } = await freshLog();
    const target = kept(postgresCopyTarget({ connectionString: runtimeUrl, schema }));
    await expect(copyLog(source, target)).rejects.toThrow('permission denied');
  });
});
