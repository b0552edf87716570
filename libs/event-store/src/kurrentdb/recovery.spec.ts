import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANY, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { type EventStore, RevisionConflict } from '@tsunagu/event-sourcing';
import { anEvent, eventually, KurrentDouble, newStream, numbersOf, TEST_CERTIFICATE } from '@tsunagu/testing';
import { kurrentEventStore } from './store';

let double: KurrentDouble;
const open: EventStore[] = [];
const openStore = (prefix = 'referral', connectionString = double.connectionString): EventStore => {
  const store = kurrentEventStore({ connectionString, prefix });
  open.push(store);
  return store;
};

beforeEach(async () => {
  double = await new KurrentDouble().start();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((store) => store.close()));
  double.kill();
});

describe('whatever was acknowledged is there, once', () => {
  it('when the server goes away and returns again and again under load', async () => {
    const [store, reader] = [openStore(), openStore()];
    const seen: string[] = [];
    reader.subscribe({ batchSize: 7 }, async (events) => {
      seen.push(...events.map(({ id }) => id));
    });
    const acknowledged: string[] = [];
    let writing = true;
    const write = async (): Promise<void> => {
      const stream = newStream();
      for (let revision = -1; writing;) {
        const event = anEvent();
        await store.append(stream, revision < 0 ? 'no-stream' : revision, [event]).then(
          (appended) => {
            revision = appended.revision;
            acknowledged.push(event.id);
          },
          async () => {
            revision = (await store.load(stream).catch(() => [])).length - 1;
          },
        );
      }
    };
    const writers = Array.from({ length: 8 }, write);
    for (let round = 1; round <= 6; round += 1) {
      await eventually(() => expect(acknowledged.length).toBeGreaterThan(round * 40));
      double.kill();
      await double.start();
    }
    writing = false;
    await Promise.all(writers);
    const stored = double.log.all.map(({ id }) => id);
    await eventually(() => expect(seen).toEqual(stored));
    expect(new Set(stored).size).toBe(stored.length);
    expect(acknowledged.filter((id) => !stored.includes(id))).toEqual([]);
    expect(double.resumed.length).toBeGreaterThanOrEqual(6);
  });

  it('when an answer is lost after the write', async () => {
    const store = openStore();
    const stream = newStream();
    await store.append(stream, 'no-stream', [anEvent(0)]);
    double.loseAnswers(2);
    expect(await store.append(stream, 0, [anEvent(1), anEvent(2)])).toMatchObject({ revision: 2 });
    expect(numbersOf(await store.load(stream))).toEqual([0, 1, 2]);
  });

  it('when the repeat comes from a process that has not seen the stream, at whatever revision', async () => {
    const stream = newStream();
    const events = [anEvent(1), anEvent(2)];
    const store = openStore();
    await store.append(stream, 'no-stream', [anEvent(0)]);
    const first = await store.append(stream, 0, events);
    for (const expected of [0, 2] as const) expect(await openStore().append(stream, expected, events)).toEqual(first);
    await store.append(stream, 2, [anEvent(3)]);
    for (const expected of [0, 1, 2, 3, 'no-stream'] as const) {
      expect(await openStore().append(stream, expected, events)).toEqual(first);
    }
    await expect(openStore().append(stream, 3, [anEvent(4), ...events])).rejects.toBeInstanceOf(RevisionConflict);
    expect(numbersOf(await store.load(stream))).toEqual([0, 1, 2, 3]);
  });

  it('even where the connection string asks the client not to report conflicts', async () => {
    const store = openStore('referral', `${double.connectionString}&throwOnAppendFailure=false`);
    const stream = newStream();
    const events = [anEvent(0)];
    const first = await store.append(stream, 'no-stream', events);
    await expect(store.append(stream, 'no-stream', [anEvent(1)])).rejects.toBeInstanceOf(RevisionConflict);
    expect(await store.append(stream, 'no-stream', events)).toEqual(first);
  });
});

describe('a subscription that lost its server', () => {
  it('says so, and goes on behind the last event that was handed over', async () => {
    const store = openStore();
    const errors: unknown[] = [];
    const seen: unknown[] = [];
    const stream = newStream();
    store.subscribe({ onError: (error) => errors.push(error) }, async (events) => {
      seen.push(...numbersOf(events));
    });
    const { position } = await store.append(stream, 'no-stream', [anEvent(0), anEvent(1)]);
    await eventually(() => expect(seen).toEqual([0, 1]));
    double.kill();
    await eventually(() => expect(errors.length).toBeGreaterThan(0));
    await double.start();
    await store.append(stream, 1, [anEvent(2)]);
    await eventually(() => expect(seen).toEqual([0, 1, 2]));
    expect(double.resumed.at(-1)).toBe(BigInt(`0x${position.slice(16)}`));
  });

  it('loses nothing of a batch that was in hand', async () => {
    const store = openStore();
    const seen: unknown[] = [];
    let attempts = 0;
    await store.append(
      newStream(),
      'no-stream',
      [0, 1, 2, 3, 4].map((n) => anEvent(n)),
    );
    store.subscribe({ batchSize: 2 }, async (events) => {
      attempts += 1;
      if (attempts === 2) {
        double.kill();
        await double.start();
        throw new Error('the database went away with it');
      }
      seen.push(...numbersOf(events));
    });
    await eventually(() => expect(seen).toEqual([0, 1, 2, 3, 4]));
  });

  it('goes on behind a checkpoint where only others have written since', async () => {
    const [mine, other] = [openStore('referral'), openStore('consent')];
    const seen: unknown[] = [];
    mine.subscribe({}, async (events) => {
      seen.push(...numbersOf(events));
    });
    await mine.append(newStream(), 'no-stream', [anEvent(0)]);
    await other.append(
      newStream(),
      'no-stream',
      Array.from({ length: 300 }, () => anEvent()),
    );
    await eventually(() => expect(seen).toEqual([0]));
    await eventually(async () => {
      const lines = double.resumed.length;
      double.kill();
      await double.start();
      await eventually(() => expect(double.resumed.length).toBeGreaterThan(lines));
      expect(double.resumed.at(-1)).toBeGreaterThan(double.log.all[250]?.position ?? 0n);
    });
    await mine.append(newStream(), 'no-stream', [anEvent(1)]);
    await eventually(() => expect(seen).toEqual([0, 1]));
  });

  it('stops at once while the server is away', async () => {
    const store = openStore();
    const errors: unknown[] = [];
    const subscription = store.subscribe({ onError: (error) => errors.push(error) }, async () => undefined);
    double.kill();
    await eventually(() => expect(errors.length).toBeGreaterThan(2));
    await subscription.stop();
  });
});

describe("a service's log is its prefix", () => {
  it('and it sees nothing of a service whose name begins like its own', async () => {
    const [referral, referrals] = [openStore('referral'), openStore('referral_archive')];
    const stream = newStream();
    const seen: unknown[] = [];
    referral.subscribe({}, async (events) => {
      seen.push(...numbersOf(events));
    });
    await referrals.append(stream, 'no-stream', [anEvent(2)]);
    await referral.append(stream, 'no-stream', [anEvent(1)]);
    await eventually(() => expect(seen).toEqual([1]));
    expect(numbersOf(await referral.readAll({ limit: 9 }))).toEqual([1]);
    expect(numbersOf(await referrals.load(stream))).toEqual([2]);
    expect([...double.log.streams.keys()]).toEqual([`referral_archive.${stream}`, `referral.${stream}`]);
  });

  it.each(['', '$system', 'follow-up', 'a.b'])('which may not be %j', (prefix) =>
    expect(() => openStore(prefix)).toThrow('not a prefix'),
  );
});

describe('the connection string carries TLS and credentials', () => {
  const credentials = { username: 'referral', password: 'p@ss:word/ü' };
  const certificate = join(mkdtempSync(join(tmpdir(), 'kurrentdb-')), 'ca.crt');
  writeFileSync(certificate, TEST_CERTIFICATE);

  it('to a server that asks for both', async () => {
    const secure = await new KurrentDouble({ credentials }).start();
    const store = openStore('referral', `${secure.connectionString}?tlsCAFile=${encodeURIComponent(certificate)}`);
    const seen: unknown[] = [];
    store.subscribe({}, async (events) => {
      seen.push(...numbersOf(events));
    });
    await store.append(newStream(), 'no-stream', [anEvent(0)]);
    expect(numbersOf(await store.readAll({ limit: 9 }))).toEqual([0]);
    await eventually(() => expect(seen).toEqual([0]));
    secure.kill();
  });

  it('and a wrong password is an error at once, not a reason to try again', async () => {
    const secure = await new KurrentDouble({ credentials }).start();
    const url = secure.connectionString.replace(/:[^:@]*@/, ':wrong@');
    const store = openStore('referral', `${url}?tlsCAFile=${encodeURIComponent(certificate)}`);
    const refused = { type: 'access-denied' };
    await expect(store.append(newStream(), 'no-stream', [anEvent(0)])).rejects.toMatchObject(refused);
    await expect(store.head()).rejects.toMatchObject(refused);
    secure.kill();
  });
});

describe('nothing is appended at any revision', () => {
  it('since the port has no such thing to ask for', async () => {
    const store = openStore();
    // @ts-expect-error: a revision, or that there is no stream
    await expect(store.append(newStream(), 'any', [anEvent()])).rejects.toThrow();
    expect(double.log.all).toEqual([]);
  });

  it('and the double refuses it, loudly, from whoever asks', async () => {
    const client = EventStoreDBClient.connectionString(double.connectionString);
    const event = jsonEvent({ id: randomUUID(), type: 'X', data: {} });
    const asked = client.appendToStream('referral.a-b', event, { expectedRevision: ANY });
    await expect(asked).rejects.toThrow('the double refuses');
    expect(double.refused).toEqual(['append to referral.a-b at any revision']);
    await client.dispose();
  });
});
