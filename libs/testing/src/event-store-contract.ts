import { type EventStore, RevisionConflict } from '@tsunagu/event-sourcing';
import {
  followPromises,
  readAllPromises,
  readPromises,
  streamReadPromises,
  subscriptionPromises,
} from './event-store-reading-contract';
import { anEvent, newStream, numbersOf } from './event-store-samples';
import { eventually } from './eventually';

/** What every adapter of the EventStore port promises. `makeStore` gives a store over a new, empty log. */
export function eventStoreContract(name: string, makeStore: () => Promise<EventStore>): void {
  describe(`${name} keeps the event store's contract`, () => {
    let store: EventStore;
    beforeAll(async () => {
      store = await makeStore();
    });
    afterAll(() => store.close());

    appendPromises(() => store);
    readPromises(() => store);
    streamReadPromises(() => store);
    readAllPromises(() => store);
    followPromises(() => store);
    subscriptionPromises(() => store);

    it('knows no head while the log is empty, and then the last event', async () => {
      const empty = await makeStore();
      expect(await empty.head()).toBeUndefined();
      const { position } = await empty.append(newStream(), 'no-stream', [anEvent()]);
      await eventually(async () => expect(await empty.head()).toBe(position));
      const recorded = (await empty.waitingSince())?.getTime() ?? 0;
      expect(Math.abs(Date.now() - recorded)).toBeLessThan(60_000);
      expect(await empty.waitingSince(position)).toBeUndefined();
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
