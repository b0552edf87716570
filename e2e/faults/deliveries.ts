import { randomUUID } from 'node:crypto';
import { catalogue, type CloudEvent, intakeEvents } from '@tsunagu/contracts';
import { sendLines, services } from '@tsunagu/local';
import { consumersOf } from '@tsunagu/platform';
import type { Name } from '../support/fleet';
import type { Fault } from './fault';
import type { Random } from './random';
import { type Scene, until } from './scene';

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

const TOPIC = intakeEvents.ConsultationOpened.topic;
const hearing = services.flatMap((definition) =>
  consumersOf(definition)
    .filter(({ events }) => events.some(({ topic }) => topic === TOPIC))
    .map(({ group, events }) => ({ service: definition.name, group, types: events.map(({ type }) => type) })),
);
/** A type that the journey alone goes by. */
const journeysOwn = Object.values(intakeEvents).find(
  ({ type }) => hearing.filter(({ types }) => types.includes(type)).length === 1,
);

const GARBAGE = ['\u0001\u0002 no JSON', '{"half":', '{"specversion":"1.0","id":7}', '[]'];

const POISONER = 'nobody';

/** An envelope as it should be around what no handler can store. */
const unbearable = (): CloudEvent => {
  const [id, key] = [randomUUID(), randomUUID()];
  const now = new Date().toISOString();
  return {
    ...{ specversion: '1.0', id, source: '/tsunagu/intake', type: journeysOwn?.type ?? '', subject: key },
    ...{ time: now, datacontenttype: 'application/json', partitionkey: key, correlationid: id, causationid: id },
    ...{ occurredat: now, actoruser: POISONER, actorrole: 'service', revision: 0 },
    data: { personId: 'no-uuid', parties: [] },
  };
};

const LOOK_MS = 1_000;

/** Settles when every group that hears the topic has set the garbage aside, and the journey what it cannot store, while all goes on. */
async function poisoned(scene: Scene): Promise<number> {
  const { bus } = scene.observer;
  const before = new Map<string, number>();
  for (const { group } of hearing) before.set(group, (await bus.deadLetters(group)).length);
  const event = unbearable();
  const lines = [
    ...GARBAGE.map((value) => `${randomUUID()}\t${value}`),
    `${event.partitionkey}\t${JSON.stringify(event)}`,
  ];
  await sendLines(scene.estate.brokers, TOPIC, lines);
  for (const { service, group } of hearing) {
    const expected = group === 'journey-ledger' ? lines.length : GARBAGE.length;
    const more = async (): Promise<number> => (await bus.deadLetters(group)).length - (before.get(group) ?? 0);
    const isAside = (): Promise<boolean> => scene.hold(LOOK_MS).then(async () => (await more()) >= expected);
    await until(isAside, `${group} to set ${expected} aside`);
    scene.buried.set(service, (scene.buried.get(service) ?? 0) + (await more()));
  }
  await scene.somewhere();
  return lines.length;
}

export const deliveries: readonly Fault[] = [
  {
    name: 'events delivered twice, and persons in another order',
    inject: async ({ observer, random }) => {
      const chosen = random
        .shuffled(byPerson((await observer.carried()).filter(({ actoruser }) => actoruser !== POISONER)))
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
