import type { EventMetadata, EventStore, Position, RecordedEvent } from '@tsunagu/event-sourcing';
import { anEvent, newStream, numbersOf, sampleMetadata } from './event-store-samples';
import { eventually } from './eventually';

export function readPromises(storeOf: () => EventStore): void {
  describe('what was appended is read back', () => {
    it('as it was written, metadata and all', async () => {
      const stream = newStream();
      const text = 'つなぐ "引用" \\ / \u2028 \u0001 👪 é';
      const event = anEvent(0, {
        schemaVersion: 3,
        data: { text, nested: { list: [1, 1.5, -0.001, null, true, {}], empty: [] }, 'a key ': 9_007_199_254_740_991 },
        metadata: sampleMetadata,
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
      const bare: EventMetadata = { ...sampleMetadata, commandId: 'c2' };
      const { fingerprint: _, ...withoutFingerprint } = bare;
      await storeOf().append(stream, 'no-stream', [
        anEvent(0, { metadata: sampleMetadata }),
        anEvent(1, { metadata: withoutFingerprint }),
      ]);
      const common = { type: 'NeedRecorded', schemaVersion: 1 };
      expect(await storeOf().load(stream)).toEqual([
        { ...common, data: { n: 0 }, revision: 0, commandId: sampleMetadata.commandId, fingerprint: 'f1' },
        { ...common, data: { n: 1 }, revision: 1, commandId: 'c2' },
      ]);
      expect(await storeOf().load(newStream())).toEqual([]);
    });
  });
}

export function streamReadPromises(storeOf: () => EventStore): void {
  describe('a stream is read', () => {
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

/** An end of the log: whatever was recorded before it is readable too. */
async function settledHead(store: EventStore): Promise<Position> {
  const { position } = await store.append(newStream(), 'no-stream', [anEvent()]);
  await eventually(async () => expect(await store.head()).toBe(position));
  return position;
}

export function readAllPromises(storeOf: () => EventStore): void {
  describe('the whole log', () => {
    it('is read in one order, in pages that neither overlap nor skip', async () => {
      for (let n = 0; n < 4; n += 1) await storeOf().append(newStream(), 'no-stream', [anEvent(n), anEvent(n)]);
      const { position } = await storeOf().append(newStream(), 'no-stream', [anEvent(4), anEvent(4)]);
      await eventually(async () => expect(await storeOf().head()).toBe(position));
      const whole = await storeOf().readAll({ limit: 100_000 });
      const positions = whole.map(({ position }) => position);
      expect(positions).toEqual([...new Set(positions)].sort());
      const tail = whole.slice(-7);
      const after = whole.at(-8)?.position;
      const first = await storeOf().readAll({ ...(after && { after }), limit: 4 });
      const last = first.at(-1)?.position;
      const second = await storeOf().readAll({ ...(last && { after: last }), limit: 4 });
      expect([...first, ...second]).toEqual(tail);
    });
  });
}

export function followPromises(storeOf: () => EventStore): void {
  describe('the log as it grows', () => {
    it('reaches a subscription once each and in order: what was there, then what comes', async () => {
      const after = await settledHead(storeOf());
      const seen: unknown[] = [];
      await storeOf().append(newStream(), 'no-stream', [anEvent(0), anEvent(1), anEvent(2)]);
      const options = { after, batchSize: 2 };
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
      const start = await settledHead(storeOf());
      const appended = await storeOf().append(
        newStream(),
        'no-stream',
        [0, 1, 2, 3].map((n) => anEvent(n)),
      );
      await eventually(async () => expect(await storeOf().head()).toBe(appended.position));
      const after = (await storeOf().readAll({ after: start, limit: 2 })).at(-1)?.position;
      const subscription = storeOf().subscribe({ ...(after && { after }) }, async (events) => {
        seen.push(...events);
      });
      await eventually(() => expect(numbersOf(seen)).toEqual([2, 3]));
      await subscription.stop();
    });
  });
}

export function subscriptionPromises(storeOf: () => EventStore): void {
  describe('a subscription', () => {
    it('is handed the same batch again after a failure, and says so', async () => {
      const after = await settledHead(storeOf());
      const errors: unknown[] = [];
      const attempts: unknown[][] = [];
      const options = { after, onError: (error: unknown) => errors.push(error) };
      const subscription = storeOf().subscribe(options, async (events) => {
        attempts.push(numbersOf(events));
        if (attempts.length < 3) throw new Error('disk full');
      });
      await storeOf().append(newStream(), 'no-stream', [anEvent(7)]);
      await eventually(() => expect(attempts).toEqual([[7], [7], [7]]));
      expect(errors).toEqual([new Error('disk full'), new Error('disk full')]);
      await subscription.stop();
    });

    it('stops only after the batch in hand', async () => {
      const after = await settledHead(storeOf());
      let finish: () => void = () => undefined;
      const inHand = new Promise<void>((resolve) => (finish = resolve));
      let started = false;
      let stopped = false;
      const subscription = storeOf().subscribe({ after }, () => {
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
