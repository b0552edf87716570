import type { EventStore, Position, RecordedEvent } from '@tsunagu/event-sourcing';
import type { DataSource, QueryRunner } from 'typeorm';
import { openCheckpoint } from './checkpoints';
import { fold, keysOfAll } from './fold';
import type { ReadModel } from './read-model';
import { RowTable } from './row-table';

export interface ReadModelSource {
  readonly store: EventStore;
  readonly dataSource: DataSource;
}

export interface Difference {
  readonly key: string;
  /** The row as PostgreSQL prints it; null where it is missing. */
  readonly live: string | null;
  readonly rebuilt: string | null;
}

const BATCH = 5000;
/** Dropped with its connection, so that an interrupted rebuild leaves nothing behind. */
const SCRATCH = 'pg_temp.rebuilt';

/**
 * Folds the whole log beside the live rows in short transactions (a long one would hold back every reader of the log),
 * then replaces rows and checkpoint in one. Readers see the old rows or the new ones; a running projector goes on from
 * the new checkpoint.
 * @returns how many events were read
 */
export async function rebuild<Row extends object>(
  source: ReadModelSource,
  model: ReadModel<Row, RecordedEvent>,
): Promise<number> {
  const table = new RowTable(source.dataSource, model.entity);
  return withScratch(source.dataSource, table, async (connection) => {
    const { events, position } = await refold(source.store, connection, table, model);
    await openCheckpoint(connection, model.name);
    await connection.startTransaction();
    try {
      await connection.query('UPDATE checkpoints SET position = $2 WHERE model = $1', [model.name, position ?? '']);
      await connection.query(`DELETE FROM ${table.name}`);
      await connection.query(`INSERT INTO ${table.name} TABLE ${SCRATCH}`);
      await connection.commitTransaction();
    } catch (error) {
      await connection.rollbackTransaction();
      throw error;
    }
    return events;
  });
}

/** Rebuilds beside the live table and tells every row that is not byte for byte the same. Changes nothing. */
export async function compareRebuilt<Row extends object>(
  source: ReadModelSource,
  model: ReadModel<Row, RecordedEvent>,
): Promise<readonly Difference[]> {
  const table = new RowTable(source.dataSource, model.entity);
  return withScratch(source.dataSource, table, async (connection) => {
    await refold(source.store, connection, table, model);
    const rows = (await connection.query(`
      SELECT coalesce(live.key, rebuilt.key) AS key, live.row AS live, rebuilt.row AS rebuilt
      FROM (SELECT ${table.key}::text AS key, t::text AS row FROM ${table.name} t) live
      FULL JOIN (SELECT ${table.key}::text AS key, t::text AS row FROM ${SCRATCH} t) rebuilt USING (key)
      WHERE live.row IS DISTINCT FROM rebuilt.row ORDER BY 1`)) as readonly Difference[];
    return rows;
  });
}

async function withScratch<Row extends object, T>(
  dataSource: DataSource,
  table: RowTable<Row>,
  work: (connection: QueryRunner) => Promise<T>,
): Promise<T> {
  const connection = dataSource.createQueryRunner();
  try {
    await connection.query(`DROP TABLE IF EXISTS ${SCRATCH}`);
    await connection.query(`CREATE TEMP TABLE rebuilt (LIKE ${table.name} INCLUDING ALL)`);
    return await work(connection);
  } finally {
    await connection.query(`DROP TABLE IF EXISTS ${SCRATCH}`).catch(() => undefined);
    await connection.release();
  }
}

async function refold<Row extends object>(
  store: EventStore,
  connection: QueryRunner,
  table: RowTable<Row>,
  model: ReadModel<Row, RecordedEvent>,
): Promise<{ readonly events: number; readonly position: Position | undefined }> {
  const upsert = table.upsertSql(1, '', SCRATCH);
  const remove = `DELETE FROM ${SCRATCH} WHERE ${table.key} = ANY ($1)`;
  let events = 0;
  let position: Position | undefined;
  for await (const batch of readAhead(store)) {
    const { perEvent, all } = keysOfAll(model, batch);
    const { kept, removed } = fold(model, await table.select(connection, all, SCRATCH), batch, perEvent);
    if (kept.length > 0) await connection.query(upsert, [table.document(kept)]);
    if (removed.length > 0) await connection.query(remove, [removed]);
    events += batch.length;
    position = batch.at(-1)?.position;
  }
  return { events, position };
}

/** The log from its beginning to its present end; the next batch is read while this one is worked on. */
async function* readAhead(store: EventStore): AsyncGenerator<readonly RecordedEvent[]> {
  let next: Promise<readonly RecordedEvent[]> | undefined = store.readAll({ limit: BATCH });
  while (next) {
    const batch: readonly RecordedEvent[] = await next;
    const after = batch.at(-1)?.position;
    next = after && batch.length === BATCH ? store.readAll({ after, limit: BATCH }) : undefined;
    next?.catch(() => undefined);
    if (batch.length > 0) yield batch;
  }
}
