import type { Position } from '@tsunagu/event-sourcing';
import type { Queryable } from './row-table';

/** Lives beside the read models, in their schema, so that rows and checkpoint commit together. */
export const checkpointSchemaSql = `
CREATE TABLE IF NOT EXISTS checkpoints (
  model text PRIMARY KEY,
  position text NOT NULL DEFAULT '',
  saved_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50)`;

/** How far a model has read; undefined: nothing yet. */
export async function checkpointOf(db: Queryable, model: string): Promise<Position | undefined> {
  const rows = (await db.query('SELECT position FROM checkpoints WHERE model = $1', [model])) as readonly {
    readonly position: Position | '';
  }[];
  return rows[0]?.position || undefined;
}

/** Makes the row that later writes compare and move. */
export const openCheckpoint = (db: Queryable, model: string): Promise<unknown> =>
  db.query('INSERT INTO checkpoints (model) VALUES ($1) ON CONFLICT DO NOTHING', [model]);
