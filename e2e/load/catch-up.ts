import { postgreSQLEventStoreConsumer } from '@event-driven-io/emmett-postgresql';
import { type EventStore } from '@tsunagu/event-sourcing';
import { type Pool } from 'pg';
import { type Engines } from './engines';
import { median, rateOf } from './measure';
import { atLeast, type Section } from './report';
import { type Scale } from './scale';

const PAGE = 2000;

/** What anybody would write: whole rows, page by page, by the primary key. */
async function readRaw(pool: Pool): Promise<number> {
  let after: unknown[] = ['0', 0];
  for (let count = 0; ;) {
    const { rows } = await pool.query<{ tx: string; ordinal: number }>({
      name: 'page',
      text: `SELECT * FROM log.events WHERE (tx, ordinal) > ($1::xid8, $2::int) ORDER BY tx, ordinal LIMIT ${PAGE}`,
      values: after,
    });
    count += rows.length;
    const last = rows.at(-1);
    if (!last) return count;
    after = [last.tx, last.ordinal];
  }
}

function readOurs(store: EventStore, total: number, batchSize: number): Promise<number> {
  return new Promise((resolve) => {
    let count = 0;
    const subscription = store.subscribe({ batchSize }, async (events) => {
      count += events.length;
      if (count >= total) void subscription.stop().then(() => resolve(count));
    });
  });
}

async function readEmmett(connectionString: string, total: number, round: number): Promise<number> {
  let count = 0;
  const consumer = postgreSQLEventStoreConsumer({ connectionString, pulling: { batchSize: PAGE } });
  consumer.reactor({
    processorId: `bench-${round}`,
    startFrom: 'BEGINNING',
    stopAfter: () => count >= total,
    eachMessage: () => {
      count += 1;
    },
  });
  await consumer.start();
  await consumer.close();
  return count;
}

export async function catchUpSection(engines: Engines, total: number, scale: Scale): Promise<Section> {
  const rates = { raw: [] as number[], ours: [] as number[], oursDefault: [] as number[], emmett: [] as number[] };
  for (let round = 0; round < scale.rounds; round += 1) {
    rates.raw.push(await rateOf(() => readRaw(engines.raw.pool)));
    rates.ours.push(await rateOf(() => readOurs(engines.store, total, PAGE)));
    rates.oursDefault.push(await rateOf(() => readOurs(engines.store, total, 500)));
    rates.emmett.push(await rateOf(() => readEmmett(engines.emmettUrl, scale.emmettEvents, round)));
  }
  const line = (name: string, values: number[]) => ({ name, figures: { 'events/s': median(values) } });
  return {
    title: `Catch up ${total.toLocaleString('en-US')} events`,
    notes: [`Emmett's rate is over ${scale.emmettEvents.toLocaleString('en-US')} events`],
    lines: [
      line(`raw pages of ${PAGE}`, rates.raw),
      line(`tsunagu subscription, batches of ${PAGE}`, rates.ours),
      line('tsunagu subscription, batches of 500', rates.oursDefault),
      line('emmett consumer', rates.emmett),
    ],
    goals: [atLeast('× raw read of the whole table', median(rates.ours) / median(rates.raw), 0.85)],
  };
}
