import type { Pool, PoolClient } from 'pg';
import { withConnection } from '../connection';
import { partitionLock } from './session';
import type { Partition } from './tables';

/**
 * Puts every partition of the group back to just before the first message published at or after `from` (or to the
 * beginning) and drops the dead letters that will come again. All or nothing.
 * @throws Error when an instance of the group is running
 */
export async function replay(pool: Pool, group: string, from: Date | undefined): Promise<void> {
  await withConnection(pool, async (client) => {
    await client.query('BEGIN');
    await requireStopped(client, group);
    await client.query(REWIND, [group, from ?? '-infinity']);
    await client.query(
      `DELETE FROM bus.dead_letters d USING bus.offsets o
        WHERE d.consumer_group = $1 AND o.consumer_group = $1 AND o.topic = d.topic AND o.partition = d.partition
          AND (d.tx, d.position) > (o.tx, o.position)`,
      [group],
    );
    await client.query('COMMIT');
  });
}

async function requireStopped(client: PoolClient, group: string): Promise<void> {
  const { rows } = await client.query<Partition>('SELECT topic, partition FROM bus.offsets WHERE consumer_group = $1', [
    group,
  ]);
  const { rows: locked } = await client.query<{ free: boolean }>(
    'SELECT pg_try_advisory_xact_lock(hashtextextended(name, 0)) AS free FROM unnest($1::text[]) AS name',
    [rows.map((partition) => partitionLock(group, partition))],
  );
  if (locked.some(({ free }) => !free)) throw new Error(`the group ${group} is running: stop it before a replay`);
}

const REWIND = `
  UPDATE bus.offsets o
     SET epoch = o.epoch + 1, tx = coalesce(before.tx, '0'), position = coalesce(before.position, 0)
    FROM bus.offsets same
    LEFT JOIN LATERAL (
      SELECT m.tx, m.position FROM bus.messages m
       WHERE m.topic = same.topic AND m.partition = same.partition AND m.published < $2
         AND NOT EXISTS (
           SELECT FROM bus.messages earlier
            WHERE earlier.topic = m.topic AND earlier.partition = m.partition AND earlier.published >= $2
              AND (earlier.tx, earlier.position) < (m.tx, m.position))
       ORDER BY m.tx DESC, m.position DESC
       LIMIT 1
    ) AS before ON true
   WHERE o.consumer_group = $1 AND same.consumer_group = $1 AND same.topic = o.topic AND same.partition = o.partition`;
