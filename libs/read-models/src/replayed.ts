import type { DataSource, QueryRunner } from 'typeorm';
import type { ReadModel } from './read-model';
import { type Difference, Scratch } from './scratch';

interface Heard {
  readonly id: string;
}

/** Shows every event there is, in batches, to `see`. */
export type Replay<Event> = (see: (events: readonly Event[]) => Promise<void>) => Promise<unknown>;

/**
 * Makes the models once more from a history of the bus, each event counted once however often it is there, beside the
 * live rows, and tells per model every row that is not byte for byte the same. Changes nothing. Takes a connection per model.
 */
export async function compareReplayed<Event extends Heard>(
  dataSource: DataSource,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- rows of different models have nothing in common
  models: readonly ReadModel<any, Event>[],
  replay: Replay<Event>,
): Promise<Readonly<Record<string, readonly Difference[]>>> {
  const connection = dataSource.createQueryRunner();
  try {
    await connection.query('CREATE TEMP TABLE IF NOT EXISTS heard (event uuid PRIMARY KEY)');
    return await opened(dataSource, models, async (scratches) => {
      await replay(async (events) => {
        const fresh = await firstHeard(connection, events);
        for (const scratch of scratches) await scratch.fold(fresh);
      });
      const found = scratches.map(async (scratch, n) => [models[n]?.name ?? '', await scratch.differences()] as const);
      return Object.fromEntries(await Promise.all(found));
    });
  } finally {
    await connection.query('DROP TABLE IF EXISTS pg_temp.heard').catch(() => undefined);
    await connection.release();
  }
}

/** A scratch for each model, all open at once. */
function opened<Event, T>(
  dataSource: DataSource,
  [first, ...others]: readonly ReadModel<object, Event>[],
  work: (scratches: readonly Scratch<object, Event>[]) => Promise<T>,
): Promise<T> {
  if (!first) return work([]);
  return Scratch.during(dataSource, first, (scratch) => opened(dataSource, others, (rest) => work([scratch, ...rest])));
}

async function firstHeard<Event extends Heard>(
  connection: QueryRunner,
  events: readonly Event[],
): Promise<readonly Event[]> {
  const rows = (await connection.query(
    'INSERT INTO heard SELECT DISTINCT unnest($1::uuid[]) ON CONFLICT DO NOTHING RETURNING event',
    [events.map(({ id }) => id)],
  )) as readonly { readonly event: string }[];
  const fresh = new Set(rows.map(({ event }) => event));
  return events.filter(({ id }) => fresh.delete(id.toLowerCase()));
}
