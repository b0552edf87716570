import { randomUUID } from 'node:crypto';
import type { CloudEvent } from '@tsunagu/contracts';
import { type CommandContext, type Decider, handle, type RecordedEvent } from '@tsunagu/event-sourcing';
import { eventStoreSchemaSql, postgresEventStore } from '@tsunagu/event-store';
import { checkpointSchemaSql, compareRebuilt, foldInto, projector, type ReadModel } from '@tsunagu/read-models';
import { Client, Pool } from 'pg';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { busSchemaSql, inboxSchemaSql, onceInto, type Outgoing, postgresEventBus, relay } from '@tsunagu/event-bus';
import { freshDatabase } from './database';
import { PLAN_TOPIC, planRevised } from './event-bus-harness';
import { eventually } from './eventually';
import { severableLines } from './severable-line';

const person = randomUUID();
const others = randomUUID();

@Entity('live')
class LiveRow {
  @PrimaryColumn('text') id!: string;
  @Column('jsonb') steps!: readonly number[];
}
@Entity('consumed')
class ConsumedRow extends LiveRow {}

interface StepTaken {
  readonly type: 'StepTaken';
  readonly data: { readonly n: number };
}
const journey: Decider<{ readonly n: number }, StepTaken, readonly number[]> = {
  category: 'journey',
  initial: [],
  evolve: (steps, { data }) => [...steps, data.n],
  decide: ({ n }) => [{ type: 'StepTaken', data: { n } }],
};

const stepOf = (event: RecordedEvent): number => (event.data as StepTaken['data']).n;
const live: ReadModel<LiveRow, RecordedEvent> = {
  name: 'live',
  entity: LiveRow,
  keysOf: () => [person],
  evolve: (row, event, id) => ({ id, steps: [...(row?.steps ?? []), stepOf(event)] }),
};
const consumed: ReadModel<ConsumedRow, CloudEvent> = {
  name: 'consumed',
  entity: ConsumedRow,
  keysOf: () => [person],
  evolve: (row, { revision }, id) => ({ id, steps: [...(row?.steps ?? []), revision] }),
};

/** The same event every time: that is what lets consumers recognise a repeat. */
const published = (event: RecordedEvent): readonly Outgoing[] => {
  const { topic, event: sample } = planRevised(person, stepOf(event));
  return [{ topic, event: { ...sample, id: event.id } }];
};

interface Databases {
  readonly log: string;
  readonly bus: string;
  readonly reads: string;
}

async function databases(): Promise<Databases> {
  const [log, bus, reads] = [await freshDatabase(), await freshDatabase(), await freshDatabase()];
  const rights = [{ role: 'postgres', publishes: [PLAN_TOPIC], reads: [PLAN_TOPIC] }];
  const schemas: [string, string][] = [
    [log, eventStoreSchemaSql('log', 'postgres')],
    [bus, busSchemaSql(rights, 2)],
    [
      reads,
      `${inboxSchemaSql}${checkpointSchemaSql};
      CREATE TABLE live (id text PRIMARY KEY, steps jsonb NOT NULL);
      CREATE TABLE consumed (id text PRIMARY KEY, steps jsonb NOT NULL);`,
    ],
  ];
  for (const [connectionString, sql] of schemas) {
    const client = new Client({ connectionString });
    await client.connect();
    await client.query(sql);
    await client.end();
  }
  return { log, bus, reads };
}

/** One process of a service that publishes, consumes and projects. */
async function start({ log, bus: busUrl, reads }: Databases) {
  const store = postgresEventStore({ connectionString: log, schema: 'log' });
  const bus = postgresEventBus({ connectionString: busUrl });
  const dataSource = new DataSource({
    type: 'postgres',
    url: reads,
    entities: [LiveRow, ConsumedRow],
    poolErrorHandler: () => undefined,
  });
  const pool = new Pool({ connectionString: reads });
  pool.on('error', () => undefined);
  const stops: (() => Promise<unknown>)[] = [() => store.close(), () => bus.close(), () => pool.end()];
  const begun = (async () => {
    await dataSource.initialize();
    stops.unshift(() => dataSource.destroy());
    const projecting = projector({ store, dataSource, models: [live] });
    stops.unshift(() => projecting.stop());
    const publishing = relay({ name: 'journey', store, bus, publish: published, pool });
    stops.unshift(() => publishing.stop());
    await bus.consume({
      group: 'g',
      topics: [PLAN_TOPIC],
      handle: onceInto(dataSource, 'g', (event, tx) => foldInto(tx, consumed, [event])),
    });
    return { projecting, publishing };
  })();
  begun.catch(() => undefined);
  const stop = async (): Promise<void> => {
    await begun.catch(() => undefined);
    for (const one of stops) await one().catch(() => undefined);
  };
  return { store, bus, dataSource, begun, stop };
}

const context = (commandId: string): CommandContext => ({
  commandId,
  eventId: () => commandId,
  actor: { user: 'aoi', agency: 'hidamari-npo', role: 'caseworker' },
  correlationId: 'c-1',
  causationId: commandId,
  occurredAt: '2026-11-22T09:00:00Z',
});

/** Every place where something becomes durable, and the claim that goes before. */
const statements = {
  'the append': 'INSERT INTO "log".events',
  'the publication': 'INSERT INTO bus.messages',
  "the relay's checkpoint": 'INSERT INTO relay_checkpoints',
  'the claim of a partition': 'SET epoch = epoch + 1',
  "the consumer's effect": 'INSERT INTO "consumed"',
  'the inbox row': 'INSERT INTO inbox',
  'the commit of effect and inbox': 'COMMIT',
  "the consumer's offset": 'UPDATE bus.offsets o SET tx',
  'the projection': 'INSERT INTO "live"',
};

describe.each(Object.entries(statements))('a process killed around %s', (_, statement) => {
  it.each(['asked', 'answered'] as const)('loses nothing and doubles nothing: cut before it was %s', async (when) => {
    const direct = await databases();
    const [log, bus, reads] = await severableLines([direct.log, direct.bus, direct.reads], { statement, when });
    if (!log || !bus || !reads) throw new Error('no lines');
    const commands = [0, 1, 2].map((n) => ({ n, id: randomUUID() }));
    const send = (store: Parameters<typeof handle>[0], { n, id }: (typeof commands)[number]): Promise<number> =>
      handle(store, journey, others, { n }, context(id)).then(({ revision }) => revision);

    const doomed = await start({ log: log.url, bus: bus.url, reads: reads.url });
    const acknowledged = new Map<number, number>();
    for (const command of commands) {
      await send(doomed.store, command).then(
        (revision) => acknowledged.set(command.n, revision),
        () => undefined,
      );
    }
    await log.severed;
    await doomed.stop();

    const next = await start(direct);
    const { projecting, publishing } = await next.begun;
    for (const command of commands) {
      const revision = await send(next.store, command);
      expect(acknowledged.get(command.n) ?? revision).toBe(revision);
    }
    const steps = (await next.store.load(`journey-${others}`)).map(({ data }) => (data as StepTaken['data']).n);
    expect([...steps].sort()).toEqual([0, 1, 2]);
    await eventually(async () => {
      expect(await next.dataSource.getRepository(LiveRow).find()).toEqual([{ id: person, steps }]);
      expect(await next.dataSource.getRepository(ConsumedRow).find()).toEqual([{ id: person, steps }]);
      expect([await projecting.lag(), await publishing.lag(), await next.bus.lag('g')]).toEqual([0, 0, 0]);
    });
    expect(await compareRebuilt(next, live)).toEqual([]);
    await next.stop();
  });
});
