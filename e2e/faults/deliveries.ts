import { randomUUID } from 'node:crypto';
import { catalogue, type CloudEvent, intakeEvents } from '@tsunagu/contracts';
import { sendLines, services } from '@tsunagu/local';
import { consumersOf } from '@tsunagu/platform';
import type { Name } from '../support/fleet';
import type { Fault } from './fault';
import type { Random } from './random';
import type { Scene } from './scene';

const REPUBLISHED = 400;
const topicOf = new Map(catalogue.map(({ type, topic }) => [type, topic]));

function byPerson(events: readonly CloudEvent[]): CloudEvent[][] {
  const persons = new Map<string, CloudEvent[]>();
  for (const event of events) {
    const own = persons.get(event.partitionkey);
    if (own) own.push(event);
    else persons.set(event.partitionkey, [event]);
  }
  return [...persons.values()];
}

/** Each person's events in their order, but the persons in another one. */
function interleaved(events: readonly CloudEvent[], random: Random): readonly CloudEvent[] {
  const queues = byPerson(events);
  const mixed: CloudEvent[] = [];
  while (queues.length > 0) {
    const place = random.below(queues.length);
    const next = queues[place]?.shift();
    if (next) mixed.push(next);
    else queues.splice(place, 1);
  }
  return mixed;
}

/** Both instances stop; the group's place goes back to the beginning, while others go on. */
async function rewound({ estate, observer }: Scene, service: Name): Promise<number> {
  const definition = services.find(({ name }) => name === service);
  const groups = definition ? consumersOf(definition).map(({ group }) => group) : [];
  const instances = estate.of(service);
  await Promise.all(instances.map((part) => part.stop()));
  for (const group of groups) await observer.bus.replay(group);
  await Promise.all(instances.map((part) => part.start()));
  return groups.length;
}

const GARBAGE = ['\u0001\u0002 no JSON', '{"half":', '{"specversion":"1.0","id":7}', '[]'];

/** An envelope as it should be around what no handler can store. */
const unbearable = (): CloudEvent => {
  const [id, key] = [randomUUID(), randomUUID()];
  const now = new Date().toISOString();
  return {
    ...{ specversion: '1.0', id, source: '/tsunagu/intake', type: intakeEvents.ConsultationOpened.type, subject: key },
    ...{ time: now, datacontenttype: 'application/json', partitionkey: key, correlationid: id, causationid: id },
    ...{ occurredat: now, actoruser: 'nobody', actorrole: 'service', revision: 0 },
    data: { personId: 'no-uuid', parties: [] },
  };
};

/** @throws Error unless each group that hears the topic has set the garbage aside, and the journey what it cannot store */
async function poisoned(scene: Scene): Promise<number> {
  const { topic } = intakeEvents.ConsultationOpened;
  const event = unbearable();
  const lines = [
    ...GARBAGE.map((value) => `${randomUUID()}\t${value}`),
    `${event.partitionkey}\t${JSON.stringify(event)}`,
  ];
  await sendLines(scene.estate.brokers, topic, lines);
  await scene.somewhere();
  await scene.still();
  for (const definition of services) {
    for (const { group, events } of consumersOf(definition)) {
      if (!events.some((one) => one.topic === topic)) continue;
      const letters = await scene.observer.bus.deadLetters(group);
      const reasons = letters.map(({ reason }) => reason);
      if (letters.length < GARBAGE.length) throw new Error(`${group} has set aside only ${reasons.join()}`);
      if (group === 'journey-ledger' && letters.length <= GARBAGE.length) throw new Error('the journey stored it');
      scene.buried.set(definition.name, (scene.buried.get(definition.name) ?? 0) + letters.length);
    }
  }
  return lines.length;
}

export const deliveries: readonly Fault[] = [
  {
    name: 'events delivered twice, and persons in another order',
    inject: async ({ observer, random }) => {
      const chosen = random
        .shuffled(byPerson(await observer.carried()))
        .flat()
        .slice(0, REPUBLISHED);
      const again = [...interleaved(chosen, random), ...interleaved(chosen, random)];
      await observer.bus.publish(again.map((event) => ({ topic: topicOf.get(event.type) ?? '', event })));
      return again.length;
    },
  },
  {
    name: 'groups of two services begin again from the beginning',
    inject: async (scene) => {
      const groups = [await rewound(scene, 'journey'), await rewound(scene, 'analytics')];
      return groups.reduce((sum, one) => sum + one, 0);
    },
  },
  { name: 'poison: bytes that are no event, and an event that no handler can store', inject: poisoned },
];
