import { randomUUID } from 'node:crypto';
import {
  Diary,
  type BusHarness,
  caughtUp,
  people,
  PLAN_TOPIC,
  planRevised,
  rounds,
  soon,
  topics,
  type Under,
  type UnderTest,
  upTo,
} from './event-bus-harness';
import {
  effectPromises,
  failurePromises,
  togetherPromises,
  historyPromises,
  redrivePromises,
  redriveTwicePromises,
  replayPromises,
} from './event-bus-recovery';

/** The promises of an event bus, for any adapter. */
export function eventBusContract(name: string, makeBus: () => Promise<BusHarness>): void {
  describe(`${name} keeps the promises of an event bus`, () => {
    let under: Under;
    const underTest = (): Under => under;
    beforeEach(async () => {
      const harness = await makeBus();
      under = { harness, bus: harness.open() };
    });
    afterEach(() => under.harness.close());

    orderPromises(underTest);
    sharingPromises(underTest);
    boundaryPromises(underTest);
    failurePromises(underTest);
    togetherPromises(underTest);
    redrivePromises(underTest);
    redriveTwicePromises(underTest);
    replayPromises(underTest);
    historyPromises(underTest);
    effectPromises(underTest);
  });
}

function orderPromises(underTest: UnderTest): void {
  it('every group gets every event, in the order of its key', async () => {
    const under = underTest();
    const { bus } = under;
    const persons = people(7);
    const [early, late] = [new Diary(), new Diary()];
    await bus.consume({ group: 'early', topics, handle: early.write });
    const events = rounds(persons, 30);
    for (let at = 0; at < events.length; at += 16) await bus.publish(events.slice(at, at + 16));
    await bus.consume({ group: 'late', topics, handle: late.write });
    await caughtUp(under, 'early');
    await caughtUp(under, 'late');
    for (const person of persons) {
      expect(early.of(person)).toEqual(upTo(30));
      expect(late.of(person)).toEqual(upTo(30));
    }
  });

  it('never handles two events of one key at once', async () => {
    const under = underTest();
    const { bus } = under;
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
    await caughtUp(under, 'g');
    expect(most).toBe(1);
  });
}

function sharingPromises(underTest: UnderTest): void {
  it('goes on after a restart where it stopped, the event in hand finished', async () => {
    const under = underTest();
    const { bus, harness } = under;
    const person = randomUUID();
    const diary = new Diary();
    await bus.publish(rounds([person], 50));
    const first = harness.open();
    const consumer = await first.consume({ group: 'g', topics, handle: diary.write });
    await soon(under, () => expect(diary.length).toBeGreaterThan(3));
    await consumer.stop();
    await first.close();
    await bus.consume({ group: 'g', topics, handle: diary.write });
    await caughtUp(under, 'g');
    expect(diary.of(person)).toEqual(upTo(50));
  });

  it('two instances share the work, each key with one of them', async () => {
    const under = underTest();
    const { bus, harness } = under;
    const persons = people(24);
    const diaries = [new Diary(), new Diary()];
    for (const diary of diaries) await harness.open().consume({ group: 'g', topics, handle: diary.write });
    await soon(under, async () => {
      await bus.publish(rounds(persons, 1));
      await caughtUp(under, 'g');
      expect(diaries.every(({ length }) => length > 0)).toBe(true);
    });
    diaries.forEach(({ entries }) => entries.clear());
    await bus.publish(rounds(persons, 10));
    await caughtUp(under, 'g');
    for (const person of persons) {
      expect(diaries.map((diary) => diary.of(person)).filter(({ length }) => length > 0)).toEqual([upTo(10)]);
    }
  });

  it('another instance takes over from one that died, with the event it had in hand', async () => {
    const under = underTest();
    const { bus, harness } = under;
    const persons = people(12);
    const diary = new Diary();
    const { bus: mortal, die } = await harness.openMortal();
    let hung = 0;
    let letGo = (): void => undefined;
    const hanging = new Promise<void>((resolve) => (letGo = resolve));
    await mortal.consume({ group: 'g', topics, handle: () => (hung++, hanging) });
    await bus.publish(rounds(persons, 3));
    await soon(under, () => expect(hung).toBeGreaterThan(0));
    await bus.consume({ group: 'g', topics, handle: diary.write });
    await die();
    await caughtUp(under, 'g');
    for (const person of persons) expect(diary.firsts(person)).toEqual(upTo(3));
    letGo();
  });
}

function boundaryPromises(underTest: UnderTest): void {
  it('a slow consumer is not flooded: what it has not handled stays in the bus', async () => {
    const under = underTest();
    const { bus } = under;
    const person = randomUUID();
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const diary = new Diary();
    await bus.publish(rounds([person], 1_000));
    await bus.consume({ group: 'g', topics, handle: async (event) => (await gate, diary.write(event)) });
    expect(await bus.lag('g')).toBe(1_000);
    open();
    await caughtUp(under, 'g');
    expect(diary.of(person)).toEqual(upTo(1_000));
  });

  it('publishes only what the contracts list, on its own topic, with no field more', async () => {
    const { bus } = underTest();
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
}
