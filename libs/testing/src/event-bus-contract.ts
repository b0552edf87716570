import { randomUUID } from 'node:crypto';
import { type CloudEvent, followUpEvents } from '@tsunagu/contracts';
import { emptyInbox, type EventBus, onceInto, type Outgoing } from '@tsunagu/event-bus';
import type { Pool } from 'pg';
import { eventually } from './eventually';

/** What an adapter brings to its contract. Every promise gets a fresh, empty bus. */
export interface BusHarness {
  /** An instance as another process would open it: retries at once, gives up after three attempts, handles several events at once. */
  open(): EventBus;
  /** An instance that `die` cuts off from the bus for ever without a goodbye, as `kill -9` would. */
  openMortal(): Promise<{ readonly bus: EventBus; die(): Promise<void> }>;
  /** A database with `inboxSchemaSql` in it. */
  readonly reads: Pool;
  /** Closes every instance it opened. */
  close(): Promise<void>;
}

export const PLAN_TOPIC = followUpEvents.PlanRevised.topic;

/** An event that the contracts list; `n` comes back as its revision. */
export function planRevised(person: string, n: number): Outgoing {
  const instant = '2026-11-22T09:00:00Z';
  const event: CloudEvent = {
    specversion: '1.0',
    id: randomUUID(),
    source: '/tsunagu/follow-up',
    type: followUpEvents.PlanRevised.type,
    subject: person,
    time: instant,
    datacontenttype: 'application/json',
    partitionkey: person,
    correlationid: 'c-1',
    causationid: 'c-1',
    occurredat: instant,
    actoruser: 'aoi',
    actorrole: 'caseworker',
    revision: n,
    data: { personId: person, parties: ['hidamari-npo'], planId: person, agencyId: 'hidamari-npo' },
  };
  return { topic: PLAN_TOPIC, event };
}

const people = (count: number): string[] => Array.from({ length: count }, () => randomUUID());
/** Rounds of one event per person: each person's events are numbered 0, 1, 2 … */
const rounds = (persons: readonly string[], count: number): Outgoing[] =>
  Array.from({ length: count }, (_, n) => persons.map((person) => planRevised(person, n))).flat();
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** What came, per person, in the order it came. */
class Diary {
  readonly entries = new Map<string, number[]>();
  readonly write = async ({ partitionkey, revision }: CloudEvent): Promise<void> => {
    this.entries.set(partitionkey, [...this.of(partitionkey), revision]);
  };
  of(person: string): readonly number[] {
    return this.entries.get(person) ?? [];
  }
  get length(): number {
    return [...this.entries.values()].reduce((sum, { length }) => sum + length, 0);
  }
  /** Without repeats: the order in which each number came first. */
  firsts(person: string): number[] {
    return [...new Set(this.of(person))];
  }
}

/** The promises of an event bus, for any adapter. */
export function eventBusContract(name: string, makeBus: () => Promise<BusHarness>): void {
  describe(`${name} keeps the promises of an event bus`, () => {
    let harness: BusHarness;
    let bus: EventBus;
    const topics = [PLAN_TOPIC];
    const caughtUp = (group: string): Promise<void> => eventually(async () => expect(await bus.lag(group)).toBe(0));

    beforeEach(async () => {
      harness = await makeBus();
      bus = harness.open();
    });
    afterEach(() => harness.close());

    it('every group gets every event, in the order of its key', async () => {
      const persons = people(7);
      const [early, late] = [new Diary(), new Diary()];
      await bus.consume({ group: 'early', topics, handle: early.write });
      const events = rounds(persons, 30);
      for (let at = 0; at < events.length; at += 16) await bus.publish(events.slice(at, at + 16));
      await bus.consume({ group: 'late', topics, handle: late.write });
      await caughtUp('early');
      await caughtUp('late');
      for (const person of persons) {
        expect(early.of(person)).toEqual(upTo(30));
        expect(late.of(person)).toEqual(upTo(30));
      }
    });

    it('never handles two events of one key at once', async () => {
      const person = randomUUID();
      let inHand = 0;
      let most = 0;
      await bus.publish(rounds([person], 20));
      await bus.consume({
        group: 'g',
        topics,
        handle: async () => {
          most = Math.max(most, (inHand += 1));
          await new Promise(setImmediate);
          inHand -= 1;
        },
      });
      await caughtUp('g');
      expect(most).toBe(1);
    });

    it('goes on after a restart where it stopped, the event in hand finished', async () => {
      const person = randomUUID();
      const diary = new Diary();
      await bus.publish(rounds([person], 50));
      const first = harness.open();
      const consumer = await first.consume({ group: 'g', topics, handle: diary.write });
      await eventually(() => expect(diary.length).toBeGreaterThan(3));
      await consumer.stop();
      await first.close();
      await bus.consume({ group: 'g', topics, handle: diary.write });
      await caughtUp('g');
      expect(diary.of(person)).toEqual(upTo(50));
    });

    it('two instances share the work, each key with one of them', async () => {
      const persons = people(24);
      const diaries = [new Diary(), new Diary()];
      for (const diary of diaries) await harness.open().consume({ group: 'g', topics, handle: diary.write });
      await eventually(async () => {
        await bus.publish(rounds(persons, 1));
        await caughtUp('g');
        expect(diaries.every(({ length }) => length > 0)).toBe(true);
      });
      diaries.forEach(({ entries }) => entries.clear());
      await bus.publish(rounds(persons, 10));
      await caughtUp('g');
      for (const person of persons) {
        expect(diaries.map((diary) => diary.of(person)).filter(({ length }) => length > 0)).toEqual([upTo(10)]);
      }
    });

    it('another instance takes over from one that died, with the event it had in hand', async () => {
      const persons = people(12);
      const diary = new Diary();
      const { bus: mortal, die } = await harness.openMortal();
      let hung = 0;
      let letGo = (): void => undefined;
      const hanging = new Promise<void>((resolve) => (letGo = resolve));
      await mortal.consume({ group: 'g', topics, handle: () => (hung++, hanging) });
      await bus.publish(rounds(persons, 3));
      await eventually(() => expect(hung).toBeGreaterThan(0));
      await bus.consume({ group: 'g', topics, handle: diary.write });
      await die();
      await caughtUp('g');
      for (const person of persons) expect(diary.firsts(person)).toEqual(upTo(3));
      letGo();
    });

    it('tries a failing event again before the next of its key, then sets it aside and goes on', async () => {
      const [ill, well] = [randomUUID(), randomUUID()];
      const diary = new Diary();
      const tries: number[] = [];
      await bus.publish([...rounds([ill], 3), ...rounds([well], 3)]);
      await bus.consume({
        group: 'g',
        topics,
        handle: async (event) => {
          if (event.partitionkey === ill && event.revision < 2) tries.push(event.revision);
          if (event.partitionkey === ill && event.revision === 0 && tries.length < 3) throw new Error('not yet');
          if (event.partitionkey === ill && event.revision === 1) throw new RangeError('山田太郎 cannot be handled');
          await diary.write(event);
        },
      });
      await caughtUp('g');
      expect(tries).toEqual([0, 0, 0, 1, 1, 1]);
      expect(diary.of(ill)).toEqual([0, 2]);
      expect(diary.of(well)).toEqual([0, 1, 2]);
      const letters = await bus.deadLetters('g');
      expect(letters).toMatchObject([{ group: 'g', topic: PLAN_TOPIC, attempts: 3, reason: 'RangeError' }]);
      expect(letters[0]?.event).toMatchObject({ partitionkey: ill, revision: 1 });
      expect(JSON.stringify(letters)).not.toContain('山田');
    });

    it('waits an outage out: no event is set aside for it, however long it lasts', async () => {
      const person = randomUUID();
      const diary = new Diary();
      let left = 10;
      await bus.publish(rounds([person], 2));
      await bus.consume({
        group: 'g',
        topics,
        handle: async (event) => {
          if (left-- > 0) throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
          await diary.write(event);
        },
      });
      await caughtUp('g');
      expect(diary.of(person)).toEqual([0, 1]);
      expect(await bus.deadLetters('g')).toEqual([]);
    });

    it('a redriven dead letter comes back to its own group only, and may fail again', async () => {
      const person = randomUUID();
      const [diary, others] = [new Diary(), new Diary()];
      let broken = true;
      await bus.publish(rounds([person], 1));
      await bus.consume({ group: 'others', topics, handle: others.write });
      const handle = async (event: CloudEvent): Promise<void> => {
        if (broken) throw new Error('still');
        await diary.write(event);
      };
      await bus.consume({ group: 'g', topics, handle });
      const letter = async (): Promise<string> => {
        const [only] = await eventually(async () => {
          const letters = await bus.deadLetters('g');
          expect(letters).toHaveLength(1);
          return letters;
        });
        return only?.id ?? 'none';
      };
      await bus.redrive(await letter());
      await caughtUp('g');
      broken = false;
      await bus.redrive(await letter());
      await caughtUp('g');
      expect(diary.of(person)).toEqual([0]);
      expect(await bus.deadLetters()).toEqual([]);
      expect(others.of(person)).toEqual([0]);
      await expect(bus.redrive(randomUUID())).rejects.toThrow();
    });

    it('replays a stopped group from the beginning or from an instant, and refuses while it runs', async () => {
      const person = randomUUID();
      const diary = new Diary();
      await bus.publish(rounds([person], 2));
      const handle = diary.write;
      const first = await bus.consume({ group: 'g', topics, handle });
      await caughtUp('g');
      await expect(bus.replay('g')).rejects.toThrow();
      const between = await eventually(() => {
        const now = new Date();
        expect(now.getTime()).toBeGreaterThan(Date.now() - 1);
        return now;
      });
      await eventually(() => expect(Date.now()).toBeGreaterThan(between.getTime() + 2));
      await bus.publish([planRevised(person, 2)]);
      await caughtUp('g');
      await first.stop();
      await bus.replay('g', new Date(between.getTime() + 1));
      const second = await bus.consume({ group: 'g', topics, handle });
      await caughtUp('g');
      expect(diary.of(person)).toEqual([0, 1, 2, 2]);
      await second.stop();
      await bus.replay('g');
      await bus.consume({ group: 'g', topics, handle });
      await caughtUp('g');
      expect(diary.of(person)).toEqual([0, 1, 2, 2, 0, 1, 2]);
    });

    it('duplicates and replays have their effect once through the inbox, until it is emptied', async () => {
      const persons = people(5);
      const diary = new Diary();
      const events = rounds(persons, 4);
      const handle = onceInto(harness.reads, 'g', diary.write);
      for (let again = 0; again < 3; again += 1) await bus.publish(events);
      const first = await bus.consume({ group: 'g', topics, handle });
      await caughtUp('g');
      await first.stop();
      await bus.replay('g');
      const second = await bus.consume({ group: 'g', topics, handle });
      await caughtUp('g');
      for (const person of persons) expect(diary.of(person)).toEqual(upTo(4));
      await second.stop();
      await bus.replay('g');
      await emptyInbox(harness.reads, 'g');
      await bus.consume({ group: 'g', topics, handle });
      await caughtUp('g');
      for (const person of persons) expect(diary.firsts(person)).toEqual(upTo(4));
      expect(diary.length).toBe(2 * events.length);
    });

    it('an effect that failed half way leaves nothing, and happens once after all', async () => {
      await harness.reads.query('CREATE TABLE effects (event uuid NOT NULL)');
      const events = rounds(people(3), 3);
      let left = 4;
      const handle = onceInto(harness.reads, 'g', async (event, tx) => {
        await tx.query('INSERT INTO effects VALUES ($1)', [event.id]);
        if (left-- > 0 && left % 2 === 0) throw new Error('half way');
      });
      await bus.publish([...events, ...events]);
      await bus.consume({ group: 'g', topics, handle });
      await caughtUp('g');
      const { rows } = await harness.reads.query<{ event: string }>('SELECT event FROM effects');
      expect(rows.map(({ event }) => event).sort()).toEqual(events.map(({ event }) => event.id).sort());
    });

    it('a slow consumer is not flooded: what it has not handled stays in the bus', async () => {
      const person = randomUUID();
      let open = (): void => undefined;
      const gate = new Promise<void>((resolve) => (open = resolve));
      const diary = new Diary();
      await bus.publish(rounds([person], 1_000));
      await bus.consume({ group: 'g', topics, handle: async (event) => (await gate, diary.write(event)) });
      expect(await bus.lag('g')).toBe(1_000);
      open();
      await caughtUp('g');
      expect(diary.of(person)).toEqual(upTo(1_000));
    });

    it('publishes only what the contracts list, on its own topic, with no field more', async () => {
      const { event } = planRevised(randomUUID(), 0);
      const refused = [
        { topic: PLAN_TOPIC, event: { ...event, type: 'tsunagu.follow-up.secret.v1' } },
        { topic: 'tsunagu.intake.events', event },
        { topic: PLAN_TOPIC, event: { ...event, name: '山田太郎' } },
        { topic: PLAN_TOPIC, event: { ...event, data: { ...(event.data as object), note: '山田太郎' } } },
        { topic: PLAN_TOPIC, event: { ...event, data: { personId: '山田太郎' } } },
      ];
      for (const one of refused) {
        const failure = bus.publish([planRevised(randomUUID(), 0), one]);
        await expect(failure).rejects.toThrow('follow-up');
        await expect(failure).rejects.not.toThrow('山田');
      }
      await bus.consume({ group: 'g', topics, handle: async () => undefined });
      expect(await bus.lag('g')).toBe(0);
    });
  });
}
