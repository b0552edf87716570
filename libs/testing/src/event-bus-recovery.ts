import { randomUUID } from 'node:crypto';
import type { CloudEvent } from '@tsunagu/contracts';
import { emptyInbox, NoSuchDeadLetter, onceInto } from '@tsunagu/event-bus';
import {
  caughtUp,
  Diary,
  people,
  PLAN_TOPIC,
  planRevised,
  rounds,
  soon,
  topics,
  type UnderTest,
  upTo,
} from './event-bus-harness';

export function failurePromises(underTest: UnderTest): void {
  it('tries a failing event again before the next of its key, then sets it aside and goes on', async () => {
    const under = underTest();
    const { bus } = under;
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
    await caughtUp(under, 'g');
    expect(tries).toEqual([0, 0, 0, 1, 1, 1]);
    expect(diary.of(ill)).toEqual([0, 2]);
    expect(diary.of(well)).toEqual([0, 1, 2]);
    const letters = await bus.deadLetters('g');
    expect(letters).toMatchObject([{ group: 'g', topic: PLAN_TOPIC, attempts: 3, reason: 'RangeError' }]);
    expect(letters[0]?.event).toMatchObject({ partitionkey: ill, revision: 1 });
    expect(JSON.stringify(letters)).not.toContain('山田');
  });

  it('says at any time whether its engine answers', async () => {
    const { harness, bus } = underTest();
    await bus.check();
    const mortal = await harness.openMortal();
    await mortal.bus.check();
    await mortal.die();
    await expect(mortal.bus.check()).rejects.toThrow();
    await expect(mortal.bus.check()).rejects.toThrow();
    await bus.check();
  }, 15_000);

  it('waits an outage out: no event is set aside for it, however long it lasts', async () => {
    const under = underTest();
    const { bus } = under;
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
    await caughtUp(under, 'g');
    expect(diary.of(person)).toEqual([0, 1]);
    expect(await bus.deadLetters('g')).toEqual([]);
  });
}

export function togetherPromises(underTest: UnderTest): void {
  it('offers together what came at once, and after a failure each alone, so that only the one at fault is set aside', async () => {
    const under = underTest();
    const { bus } = under;
    const persons = people(3);
    const diary = new Diary();
    const offered: number[] = [];
    const events = rounds(persons, 40);
    const ill = events[50]?.event;
    const handle = async (event: CloudEvent): Promise<void> => {
      if (event.id === ill?.id) throw new RangeError('cannot be handled');
      await diary.write(event);
    };
    const handleTogether = async (some: readonly CloudEvent[]): Promise<void> => {
      offered.push(some.length);
      if (some.some(({ id }) => id === ill?.id)) throw new RangeError('one of them cannot be handled');
      for (const event of some) await diary.write(event);
    };
    await bus.publish(events);
    await bus.consume({ group: 'g', topics, handle, handleTogether });
    await caughtUp(under, 'g');
    expect(Math.min(...offered)).toBeGreaterThan(1);
    for (const person of persons) {
      const whole = upTo(40).filter((n) => person !== ill?.partitionkey || n !== ill.revision);
      expect(diary.of(person)).toEqual(whole);
    }
    expect(await bus.deadLetters('g')).toMatchObject([{ event: { id: ill?.id }, reason: 'RangeError', attempts: 3 }]);
  });
}

export function redrivePromises(underTest: UnderTest): void {
  it('a redriven dead letter comes back to its own group only, and may fail again', async () => {
    const under = underTest();
    const { bus } = under;
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
      const [only] = await soon(under, async () => {
        const letters = await bus.deadLetters('g');
        expect(letters).toHaveLength(1);
        return letters;
      });
      return only?.id ?? 'none';
    };
    const id = await letter();
    await bus.redrive(id);
    await caughtUp(under, 'g');
    expect(await letter()).toBe(id);
    expect(await bus.deadLetter(id)).toMatchObject({ id, group: 'g', attempts: 6, reason: 'Error' });
    broken = false;
    await bus.redrive(id);
    await caughtUp(under, 'g');
    expect(diary.of(person)).toEqual([0]);
    expect(await bus.deadLetters()).toEqual([]);
    expect(await bus.deadLetter(id)).toBeUndefined();
    expect(others.of(person)).toEqual([0]);
    for (const gone of [id, randomUUID(), 'g', '山田']) {
      await expect(bus.redrive(gone)).rejects.toThrow(NoSuchDeadLetter);
      expect(await bus.deadLetter(gone)).toBeUndefined();
    }
  });
}

export function redriveTwicePromises(underTest: UnderTest): void {
  it('a dead letter put back twice is handled once, and shows that it waits', async () => {
    const under = underTest();
    const { bus } = under;
    const diary = new Diary();
    let broken = true;
    const handle = async (event: CloudEvent): Promise<void> => {
      if (broken) throw new Error('still');
      await diary.write(event);
    };
    const [one, other] = people(2);
    await bus.publish(rounds([one ?? '', other ?? ''], 1));
    const consumer = await bus.consume({ group: 'g', topics, handle });
    await soon(under, async () => expect(await bus.deadLetters('g')).toHaveLength(2));
    await consumer.stop();
    const [id = ''] = (await bus.deadLetters('g', 1)).map((letter) => letter.id);
    await bus.redrive(id);
    await bus.redrive(id);
    expect(await bus.deadLetter(id)).toMatchObject({ redrivenAt: expect.any(String) });
    expect((await bus.deadLetters('g')).map((letter) => letter.id)).not.toContain(id);
    broken = false;
    await bus.consume({ group: 'g', topics, handle });
    await caughtUp(under, 'g');
    expect(diary.length).toBe(1);
    expect(await bus.deadLetters('g')).toHaveLength(1);
  });
}

export function replayPromises(underTest: UnderTest): void {
  it('replays a stopped group from the beginning or from an instant, and refuses while it runs', async () => {
    const under = underTest();
    const { bus } = under;
    const person = randomUUID();
    const diary = new Diary();
    await bus.publish(rounds([person], 2));
    const handle = diary.write;
    const first = await bus.consume({ group: 'g', topics, handle });
    await caughtUp(under, 'g');
    await expect(bus.replay('g')).rejects.toThrow();
    const between = new Date(Date.now() + 1);
    await soon(under, () => expect(Date.now()).toBeGreaterThan(between.getTime()));
    await bus.publish([planRevised(person, 2)]);
    await caughtUp(under, 'g');
    await first.stop();
    await bus.replay('g', between);
    const second = await bus.consume({ group: 'g', topics, handle });
    await caughtUp(under, 'g');
    expect(diary.of(person)).toEqual([0, 1, 2, 2]);
    await second.stop();
    await bus.replay('g');
    await bus.consume({ group: 'g', topics, handle });
    await caughtUp(under, 'g');
    expect(diary.of(person)).toEqual([0, 1, 2, 2, 0, 1, 2]);
  });

  it('duplicates and replays have their effect once through the inbox, until it is emptied', async () => {
    const under = underTest();
    const { bus, harness } = under;
    const persons = people(5);
    const diary = new Diary();
    const events = rounds(persons, 4);
    const handle = onceInto(harness.reads, 'g', diary.write);
    for (let again = 0; again < 3; again += 1) await bus.publish(events);
    const first = await bus.consume({ group: 'g', topics, handle });
    await caughtUp(under, 'g');
    await first.stop();
    await bus.replay('g');
    const second = await bus.consume({ group: 'g', topics, handle });
    await caughtUp(under, 'g');
    for (const person of persons) expect(diary.of(person)).toEqual(upTo(4));
    await second.stop();
    await bus.replay('g');
    await emptyInbox(harness.reads, 'g');
    await bus.consume({ group: 'g', topics, handle });
    await caughtUp(under, 'g');
    for (const person of persons) expect(diary.firsts(person)).toEqual(upTo(4));
    expect(diary.length).toBe(2 * events.length);
  });
}

export function historyPromises(underTest: UnderTest): void {
  it('shows its whole history to whoever asks, in the order of each key, and moves no group', async () => {
    const under = underTest();
    const { bus } = under;
    const persons = people(5);
    expect(await bus.history(topics, () => Promise.reject(new Error('nothing is there')))).toEqual({ whole: true });
    await bus.publish(rounds(persons, 40));
    await bus.consume({ group: 'g', topics, handle: async () => undefined });
    await caughtUp(under, 'g');
    for (let again = 0; again < 2; again += 1) {
      const diary = new Diary();
      await bus.history(topics, async (events) => {
        for (const event of events) await diary.write(event);
      });
      for (const person of persons) expect(diary.of(person)).toEqual(upTo(40));
      expect(diary.length).toBe(200);
    }
    expect(await bus.lag('g')).toBe(0);
    const failing = bus.history(topics, () => Promise.reject(new RangeError('cannot')));
    await expect(failing).rejects.toThrow(RangeError);
  });
}

export function effectPromises(underTest: UnderTest): void {
  it('an effect that failed half way leaves nothing, and happens once after all', async () => {
    const under = underTest();
    const { bus, harness } = under;
    await harness.reads.query('CREATE TABLE effects (event uuid NOT NULL)');
    const events = rounds(people(3), 3);
    let left = 4;
    const handle = onceInto(harness.reads, 'g', async (event, tx) => {
      await tx.query('INSERT INTO effects VALUES ($1)', [event.id]);
      if (left-- > 0 && left % 2 === 0) throw new Error('half way');
    });
    await bus.publish([...events, ...events]);
    await bus.consume({ group: 'g', topics, handle });
    await caughtUp(under, 'g');
    const { rows } = await harness.reads.query<{ event: string }>('SELECT event FROM effects');
    expect(rows.map(({ event }) => event).sort()).toEqual(events.map(({ event }) => event.id).sort());
  });
}
