import type { EntityManager } from 'typeorm';
import { fold, keysOfAll } from './fold';
import type { ReadModel } from './read-model';
import { RowTable } from './row-table';

/**
 * Folds events into their rows inside the caller's transaction, for what comes over the bus. Rows are locked by key,
 * since a row that does not exist yet cannot be locked itself; the transaction must be READ COMMITTED.
 */
export async function foldInto<Row extends object, Event>(
  tx: EntityManager,
  model: ReadModel<Row, Event>,
  events: readonly Event[],
): Promise<void> {
  const { perEvent, all } = keysOfAll(model, events);
  if (all.length === 0) return;
  const table = new RowTable(tx.dataSource, model.entity);
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1 || k, 0)) FROM unnest($2::text[]) AS k`, [
    `${model.name}:`,
    [...all].sort(),
  ]);
  const { kept, removed } = fold(model, await table.select(tx, all), events, perEvent);
  if (kept.length > 0) await tx.query(table.upsertSql(1), [table.document(kept)]);
  if (removed.length > 0) await tx.query(`DELETE FROM ${table.name} WHERE ${table.key} = ANY ($1)`, [removed]);
}
