import { type EventStore, type RecordedEvent } from '@tsunagu/event-sourcing';
import { checkpointSchemaSql, projector, type ReadModel, rebuild } from '@tsunagu/read-models';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { type Emmett } from './emmett';
import { projectWithEmmett } from './emmett-projection';
import { median, rateOf } from './measure';
import { atLeast, type Section } from './report';
import { type Scale } from './scale';

@Entity('needs')
export class NeedsRow {
  @PrimaryColumn('text') id!: string;
  @Column('text') need!: string;
  @Column('text') urgency!: string;
  @Column('text') agency!: string;
  @Column('int') count!: number;
  @Column('jsonb') recent!: readonly number[];
  @Column('timestamptz') lastAt!: Date;
  @Column('int') revision!: number;
}

interface NeedData {
  readonly need: string;
  readonly urgency: string;
  readonly n: number;
}

const needs: ReadModel<NeedsRow, RecordedEvent> = {
  name: 'needs',
  entity: NeedsRow,
  keysOf: (event) => [event.stream],
  evolve: (row, { stream, revision, data, metadata, recordedAt }) => {
    const { need, urgency, n } = data as NeedData;
    return {
      id: stream,
      need,
      urgency,
      agency: metadata.actor.agency ?? '',
      count: (row?.count ?? 0) + 1,
      recent: [...(row?.recent ?? []), n].slice(-3),
      lastAt: new Date(recordedAt),
      revision,
    };
  },
};

const BASELINE_BATCH = 500;

/** The same fold, written the way TypeORM offers: upsert of the folded batch and the checkpoint in one transaction. */
async function projectWithTypeOrm(store: EventStore, dataSource: DataSource): Promise<number> {
  let after: RecordedEvent['position'] | undefined;
  for (let count = 0; ;) {
    const batch = await store.readAll({ ...(after && { after }), limit: BASELINE_BATCH });
    const position = (after = batch.at(-1)?.position);
    if (!position) return count;
    count += batch.length;
    await dataSource.transaction(async (tx) => {
      const found = await tx.findBy(
        NeedsRow,
        [...new Set(batch.map(({ stream }) => stream))].map((id) => ({ id })),
      );
      const rows = new Map(found.map((row) => [row.id, row]));
      for (const event of batch) {
        const row = needs.evolve(rows.get(event.stream), event, event.stream);
        if (row) rows.set(event.stream, row);
      }
      await tx.upsert(NeedsRow, [...rows.values()], ['id']);
      await tx.query(`UPDATE checkpoints SET position = $1 WHERE model = 'typeorm'`, [position]);
    });
  }
}

async function projectLive(store: EventStore, dataSource: DataSource, total: number): Promise<number> {
  const live = projector({ store, dataSource, models: [needs] });
  const position = await store.head();
  for (;;) {
    const [checkpoint] = await dataSource.query(`SELECT position FROM checkpoints WHERE model = 'needs'`);
    if (checkpoint?.position === position) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await live.stop();
  return total;
}

async function emptied(dataSource: DataSource): Promise<void> {
  await dataSource.query('TRUNCATE needs, checkpoints');
  await dataSource.query(`INSERT INTO checkpoints (model) VALUES ('typeorm')`);
}

interface Subject {
  readonly store: EventStore;
  readonly emmett: Emmett;
  readonly emmettUrl: string;
  /** Of an empty database. */
  readonly readsUrl: string;
  readonly events: number;
}

export async function projectSection(subject: Subject, scale: Scale): Promise<Section> {
  const { store, readsUrl, events } = subject;
  const dataSource = await new DataSource({ type: 'postgres', url: readsUrl, entities: [NeedsRow] }).initialize();
  await dataSource.synchronize();
  await dataSource.query(checkpointSchemaSql);
  const rates = { rebuild: [] as number[], live: [] as number[], typeorm: [] as number[], emmett: [] as number[] };
  for (let round = 0; round < scale.rounds; round += 1) {
    await emptied(dataSource);
    rates.typeorm.push(await rateOf(() => projectWithTypeOrm(store, dataSource)));
    await emptied(dataSource);
    rates.live.push(await rateOf(() => projectLive(store, dataSource, events)));
    await emptied(dataSource);
    rates.rebuild.push(await rateOf(() => rebuild({ store, dataSource }, needs)));
    rates.emmett.push(await rateOf(() => projectWithEmmett(subject.emmettUrl, scale.emmettEvents, round)));
  }
  await dataSource.destroy();
  return sectionOf(rates, events, scale);
}

type Rates = Readonly<Record<'rebuild' | 'live' | 'typeorm' | 'emmett', readonly number[]>>;

function sectionOf(rates: Rates, events: number, scale: Scale): Section {
  const line = (name: string, values: readonly number[]) => ({ name, figures: { 'events/s': median(values) } });
  const rebuilt = median(rates.rebuild);
  return {
    title: `Project ${events.toLocaleString('en-US')} events into ${Math.round(events / 12).toLocaleString('en-US')} rows`,
    notes: [`Emmett's rate is over ${scale.emmettEvents.toLocaleString('en-US')} events, into Pongo documents`],
    lines: [
      line('TypeORM fold + upsert, batches of 500', rates.typeorm),
      line('tsunagu rebuild', rates.rebuild),
      line('tsunagu projector catching up', rates.live),
      line('emmett rebuild', rates.emmett),
    ],
    goals: [
      atLeast('rebuild × Emmett', rebuilt / median(rates.emmett), 70),
      atLeast('rebuild × TypeORM fold + upsert', rebuilt / median(rates.typeorm), 3.5),
      atLeast('rebuild, events/s', rebuilt, 100_000),
    ],
  };
}
