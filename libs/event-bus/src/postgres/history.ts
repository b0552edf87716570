import type { CloudEvent } from '@tsunagu/contracts';
import type { Pool } from 'pg';
import type { Partition, Place } from './tables';

const PAGE = 1_000;

/**
 * Shows what the topics hold, partition by partition in commit order, up to the oldest transaction that is still open.
 * Row-level security leaves out the topics that this role may not read.
 */
export async function readThrough(
  pool: Pool,
  topics: readonly string[],
  see: (events: readonly CloudEvent[]) => Promise<void>,
): Promise<void> {
  const { rows: partitions } = await pool.query<Partition>(
    'SELECT name AS topic, p AS partition FROM bus.topics, generate_series(0, partitions - 1) AS p WHERE name = ANY ($1)',
    [topics],
  );
  for (const partition of partitions) {
    let after: Place | undefined = { tx: '0', position: '0' };
    while (after) {
      const page = await pageOf(pool, partition, after);
      if (page.length > 0) await see(page.map(({ event }) => event));
      after = page.length === PAGE ? page.at(-1) : undefined;
    }
  }
}

async function pageOf(
  pool: Pool,
  { topic, partition }: Partition,
  { tx, position }: Place,
): Promise<readonly (Place & { readonly event: CloudEvent })[]> {
  const { rows } = await pool.query<Place & { event: CloudEvent }>(
    `SELECT tx, position, event FROM bus.messages
      WHERE topic = $1 AND partition = $2 AND (tx, position) > ($3, $4) AND tx < pg_snapshot_xmin(pg_current_snapshot())
      ORDER BY tx, position LIMIT ${PAGE}`,
    [topic, partition, tx, position],
  );
  return rows;
}
