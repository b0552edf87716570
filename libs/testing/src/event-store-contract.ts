import { randomUUID } from 'node:crypto';
import { RevisionConflict } from '@tsunagu/event-sourcing';
import type { EventMetadata, EventStore, NewEvent, RecordedEvent, StreamName } from '@tsunagu/event-sourcing';
import { eventually } from './eventually';

const metadata: EventMetadata = {
  actor: { user: 'aoi', agency: 'tsumugi-city-desk', role: 'caseworker' },
  onBehalfOf: 'person-1',
  purpose: 'support',
  authorisation: 'auth-1',
  commandId: '00000000-0000-4000-8000-000000000001',
  fingerprint: 'f1',
  correlationId: 'corr-1',
  causationId: 'cause-1',
  occurredAt: '2026-11-22T09:00:00+09:00',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

export const anEvent = (n = 0, changes: Partial<NewEvent> = {}): NewEvent => ({
  id: randomUUID(),
  type: 'NeedRecorded',
  schemaVersion: 1,
  data: { n },
  metadata: { ...metadata, commandId: randomUUID() },
  ...changes,
});

export const newStream = (): StreamName => `contract-${randomUUID()}`;

export const numbersOf = (events: readonly { readonly data: object }[]): unknown[] =>
  events.map(({ data }) => ('n' in data ? data.n : undefined));

/** What every adapter of the EventStore port promises. `makeStore` gives a store over a new, empty log. */
export function eventStoreContract(name: string, makeStore: () => Promise<EventStore>): void {
  describe(`${name} keeps the event store's contract`, () => {
    let store: EventStore;
    beforeAll(async () => {
      store = await makeStore();
    });
    afterAll(() => store.close());

    const all = async (): Promise<readonly RecordedEvent[]> => store.readAll({ limit: 100_000 });

    appendPromises(() => store);
    readPromises(() => store);
    subscriptionPromises(() => store, all);

    it('knows no head while the log is empty, and then the last event', async () => {
      const empty = await makeStore();
      expect(await empty.head()).toBeUndefined();
      const { position } = await empty.append(newStream(), 'no-stream', [anEvent()]);
      await eventually(async () => expect(await empty.head()).toBe(position));
      await empty.close();
    });
  });
}

function appendPromises(storeOf: () => EventStore): void {
  describe('an append', () => {
    it('starts a stream at revision 0 and continues it', async () => {
      const stream = newStream();
      expect(await storeOf().append(stream, 'no-stream', [anEvent(0)])).toMatchObject({ revision: 0 });
      expect(await storeOf().append(stream, 0, [anEvent(1), anEvent(2)])).toMatchObject({ revision: 2 });
      expect(numbersOf(await storeOf().load(stream))).toEqual([0, 1, 2]);
    });

    it.each([
      ['a stream that exists', 'no-stream' as const],
      ['a revision that is behind', 0],
      ['a revision that is ahead', 2],
    ])('is refused on %s, whole', async (_, expected) => {
      const stream = newStream();
      await storeOf().append(stream, 'no-stream', [anEvent(0), anEvent(1)]);
      const refused = storeOf().append(stream, expected, [anEvent(8), anEvent(9)]);
      await expect(refused).rejects.toBeInstanceOf(RevisionConflict);
      expect(numbersOf(await storeOf().load(stream))).toEqual([0, 1]);
    });

    it('is refused at a revision of a stream that does not exist', async () =>
      expect(storeOf().append(newStream(), 0, [anEvent()])).rejects.toBeInstanceOf(RevisionConflict));

    it('repeated with the same event ids answers as the first time', async () => {
      const stream = newStream();
      const events = [anEvent(0), anEvent(1)];
      const first = await storeOf().append(stream, 'no-stream', events);
      await storeOf().append(stream, 1, [anEvent(2)]);
      expect(await storeOf().append(stream, 'no-stream', events)).toEqual(first);
      expect(await storeOf().append(stream, 2, events)).toEqual(first);
      expect(numbersOf(await storeOf().load(stream))).toEqual([0, 1, 2]);
    });

    it('repeated while the first is still under way happens once', async () => {
      const stream = newStream();
      const events = [anEvent(0)];
      const answers = await Promise.all([1, 2, 3].map(() => storeOf().append(stream, 'no-stream', events)));
      expect(new Set(answers.map(({ position }) => position)).size).toBe(1);
      expect(await storeOf().load(stream)).toHaveLength(1);
    });

    it('is refused when only some of its events were recorded before', async () => {
      const stream = newStream();
      const [kept, other] = [anEvent(0), anEvent(1)];
      await storeOf().append(stream, 'no-stream', [kept]);
      await expect(storeOf().append(stream, 'no-stream', [kept, other])).rejects.toThrow();
      expect(await storeOf().load(stream)).toHaveLength(1);
    });

    it('wins alone among concurrent writers at one revision, and nobody else suffers', async () => {
      const contested = newStream();
      const rivals = Array.from({ length: 16 }, (_, n) => storeOf().append(contested, 'no-stream', [anEvent(n)]));
      const bystanders = Array.from({ length: 16 }, (_, n) => storeOf().append(newStream(), 'no-stream', [anEvent(n)]));
      const outcomes = await Promise.allSettled(rivals);
      await Promise.all(bystanders);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(RevisionConflict);
      }
      expect(await storeOf().load(contested)).toHaveLength(1);
    });
  });
}

function readPromises(storeOf: () => EventStore): void {
  describe('what was appended is read back', () => {
    it('as it was written, metadata and all', async () => {
      const stream = newStream();
      const text = 'つなぐ "引用" \\ / \u2028 \u0001 👪 é';
      const event = anEvent(0, {
        schemaVersion: 3,
        data: { text, nested: { list: [1, 1.5, -0.001, null, true, {}], empty: [] }, 'a key ': 9_007_199_254_740_991 },
        metadata,
      });
      const before = Date.now();
      const { position } = await storeOf().append(stream, 'no-stream', [event]);
      const [read] = await storeOf().readStream(stream);
      expect(read).toEqual({ ...event, stream, revision: 0, position, recordedAt: expect.any(String) });
      expect(JSON.stringify(read?.data)).toBe(JSON.stringify(event.data));
      expect(read?.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Math.abs(Date.parse(read?.recordedAt ?? '') - before)).toBeLessThan(60_000);
    });

    it('by load, with what a fold and the duplicate check need', async () => {
      const stream = newStream();
      const bare: EventMetadata = { ...metadata, commandId: 'c2' };
      const { fingerprint: _, ...withoutFingerprint } = bare;
      await storeOf().append(stream, 'no-stream', [
        anEvent(0, { metadata }),
        anEvent(1, { metadata: withoutFingerprint }),
      ]);
      const common = { type: 'NeedRecorded', schemaVersion: 1 };
      expect(await storeOf().load(stream)).toEqual([
        { ...common, data: { n: 0 }, revision: 0, commandId: metadata.commandId, fingerprint: 'f1' },
        { ...common, data: { n: 1 }, revision: 1, commandId: 'c2' },
      ]);
      expect(await storeOf().load(newStream())).toEqual([]);
    });

    it('forwards and backwards, from anywhere, as many as asked', async () => {
      const stream = newStream();
      await storeOf().append(
        stream,
        'no-stream',
        [0, 1, 2, 3, 4].map((n) => anEvent(n)),
      );
      const read = async (options?: Parameters<EventStore['readStream']>[1]) =>
        numbersOf(await storeOf().readStream(stream, options));
      expect(await read()).toEqual([0, 1, 2, 3, 4]);
      expect(await read({ from: 3 })).toEqual([3, 4]);
      expect(await read({ from: 1, limit: 2 })).toEqual([1, 2]);
      expect(await read({ direction: 'backwards' })).toEqual([4, 3, 2, 1, 0]);
      expect(await read({ direction: 'backwards', limit: 1 })).toEqual([4]);
      expect(await read({ direction: 'backwards', from: 2, limit: 2 })).toEqual([2, 1]);
      expect(await storeOf().readStream(newStream())).toEqual([]);
    });

    it('from a stream of thousands', async () => {
      const stream = newStream();
      for (let n = 0; n < 5000; n += 1000) {
        const events = Array.from({ length: 1000 }, (_, i) => anEvent(n + i));
        await storeOf().append(stream, n === 0 ? 'no-stream' : n - 1, events);
      }
      const loaded = await storeOf().load(stream);
      expect(numbersOf(loaded)).toEqual(Array.from({ length: 5000 }, (_, n) => n));
      expect(loaded.at(-1)?.revision).toBe(4999);
    });
  });
}

function subscriptionPromises(storeOf: () => EventStore, all: () => Promise<readonly RecordedEvent[]>): void {
  describe('the whole log', () => {
    it('is read in one order, in pages that neither overlap nor skip', async () => {
      for (let n = 0; n < 5; n += 1) await storeOf().append(newStream(), 'no-stream', [anEvent(n), anEvent(n)]);
      const whole = await all();
      const positions = whole.map(({ position }) => position);
      expect(positions).toEqual([...new Set(positions)].sort());
      const tail = whole.slice(-7);
      const after = whole.at(-8)?.position;
      const first = await storeOf().readAll({ ...(after && { after }), limit: 4 });
      const last = first.at(-1)?.position;
      const second = await storeOf().readAll({ ...(last && { after: last }), limit: 4 });
      expect([...first, ...second]).toEqual(tail);
    });

    it('reaches a subscription once each and in order: what was there, then what comes', async () => {
      const after = await storeOf().head();
      const seen: unknown[] = [];
      await storeOf().append(newStream(), 'no-stream', [anEvent(0), anEvent(1), anEvent(2)]);
      const options = { ...(after && { after }), batchSize: 2 };
      const subscription = storeOf().subscribe(options, async (events) => {
        seen.push(...numbersOf(events));
      });
      await eventually(() => expect(seen).toEqual([0, 1, 2]));
      await storeOf().append(newStream(), 'no-stream', [anEvent(3)]);
      await eventually(() => expect(seen).toEqual([0, 1, 2, 3]));
      await subscription.stop();
      await storeOf().append(newStream(), 'no-stream', [anEvent(4)]);
      expect(seen).toEqual([0, 1, 2, 3]);
    });

    it('resumes where a subscription had got to', async () => {
      const seen: RecordedEvent[] = [];
      const start = await storeOf().head();
      const appended = await storeOf().append(
        newStream(),
        'no-stream',
        [0, 1, 2, 3].map((n) => anEvent(n)),
      );
      await eventually(async () => expect(await storeOf().head()).toBe(appended.position));
      const after = (await storeOf().readAll({ ...(start && { after: start }), limit: 2 })).at(-1)?.position;
      const subscription = storeOf().subscribe({ ...(after && { after }) }, async (events) => {
        seen.push(...events);
      });
      await eventually(() => expect(numbersOf(seen)).toEqual([2, 3]));
      await subscription.stop();
    });

    it('hands the same batch over again after a failure, and says so', async () => {
      const after = await storeOf().head();
      const errors: unknown[] = [];
      const attempts: unknown[][] = [];
      const options = { ...(after && { after }), onError: (error: unknown) => errors.push(error) };
      const subscription = storeOf().subscribe(options, async (events) => {
        attempts.push(numbersOf(events));
        if (attempts.length < 3) throw new Error('disk full');
      });
      await storeOf().append(newStream(), 'no-stream', [anEvent(7)]);
      await eventually(() => expect(attempts).toEqual([[7], [7], [7]]));
      expect(errors).toEqual([new Error('disk full'), new Error('disk full')]);
      await subscription.stop();
    });

    it('stops a subscription only after the batch in hand', async () => {
      const after = await storeOf().head();
      let finish: () => void = () => undefined;
      const inHand = new Promise<void>((resolve) => (finish = resolve));
      let started = false;
      let stopped = false;
      const subscription = storeOf().subscribe({ ...(after && { after }) }, () => {
        started = true;
        return inHand;
      });
      await storeOf().append(newStream(), 'no-stream', [anEvent()]);
      await eventually(() => expect(started).toBe(true));
      const stopping = subscription.stop().then(() => (stopped = true));
      await storeOf().head();
      expect(stopped).toBe(false);
      finish();
      await stopping;
    });
  });
}
