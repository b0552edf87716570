import type { EventStore, Position, RecordedEvent } from '@tsunagu/event-sourcing';
import type { DataSource } from 'typeorm';
import { openCheckpoint } from './checkpoints';
import type { ReadModel } from './read-model';
import { type Difference, Scratch } from './scratch';

export interface ReadModelSource {
  readonly store: EventStore;
  readonly dataSource: DataSource;
}

const BATCH = 5000;

/**
 * Folds the whole log beside the live rows in short transactions (a long one would hold back every reader of the log),
 * then replaces rows and checkpoint in one. Readers see the old rows or the new ones; a running projector goes on from
 * the new checkpoint.
 * @returns how many events were read
 */
export const rebuild = <Row extends object>(
  { store, dataSource }: ReadModelSource,
  model: ReadModel<Row, RecordedEvent>,
): Promise<number> =>
  Scratch.during(dataSource, model, async (scratch) => {
    const { events, position } = await refold(store, scratch);
    const { connection } = scratch;
    await openCheckpoint(connection, model.name);
    await connection.startTransaction();
    try {
      await connection.query('UPDATE checkpoints SET position = $2 WHERE model = $1', [model.name, position ?? '']);
      await scratch.replaceLive();
      await connection.commitTransaction();
    } catch (error) {
      await connection.rollbackTransaction();
      throw error;
    }
    return events;
  });

/** Rebuilds beside the live table and tells every row that is not byte for byte the same. Changes nothing. */
export const compareRebuilt = <Row extends object>(
  { store, dataSource }: ReadModelSource,
  model: ReadModel<Row, RecordedEvent>,
): Promise<readonly Difference[]> =>
  Scratch.during(dataSource, model, async (scratch) => {
    await refold(store, scratch);
    return scratch.differences();
  });

async function refold<Row extends object>(
  store: EventStore,
  scratch: Scratch<Row, RecordedEvent>,
): Promise<{ readonly events: number; readonly position: Position | undefined }> {
  let events = 0;
  let position: Position | undefined;
  for await (const batch of readAhead(store)) {
    await scratch.fold(batch);
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
