import type { Pool } from 'pg';

/**
 * Deletes what its topic no longer keeps, some at a time, and notes on the topic that it has. It runs as the owner: a
 * service may start it, and has no say in what is old. Whoever comes while it runs has nothing to do.
 */
export const pruningSql = `
  CREATE OR REPLACE FUNCTION bus.prune(most integer) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $prune$
  DECLARE
    gone bigint;
  BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('tsunagu.bus.prune', 0)) THEN
      RETURN 0;
    END IF;
    WITH old AS (
      SELECT m.topic, m.partition, m.tx, m.position
        FROM bus.topics t
       CROSS JOIN generate_series(0, t.partitions - 1) AS p
        JOIN bus.messages m ON m.topic = t.name AND m.partition = p
         AND m.published < clock_timestamp() - make_interval(days => t.retention_days)
       LIMIT most
    ), deleted AS (
      DELETE FROM bus.messages m USING old
       WHERE (m.topic, m.partition, m.tx, m.position) = (old.topic, old.partition, old.tx, old.position)
      RETURNING m.topic
    ), noted AS (
      UPDATE bus.topics SET pruned = clock_timestamp() WHERE name IN (SELECT topic FROM deleted)
    )
    SELECT count(*) INTO gone FROM deleted;
    RETURN gone;
  END
  $prune$;
  REVOKE ALL ON FUNCTION bus.prune(integer) FROM PUBLIC;
`;

/** Short transactions: a long one would hold back every reader. */
const AT_ONCE = 5_000;

/** @returns how many it deleted */
export async function prune(pool: Pool): Promise<number> {
  let all = 0;
  for (;;) {
    const { rows } = await pool.query<{ gone: string }>('SELECT bus.prune($1) AS gone', [AT_ONCE]);
    const gone = Number(rows[0]?.gone ?? 0);
    all += gone;
    if (gone < AT_ONCE) return all;
  }
}

/** Whether the topics still hold all that was ever published on them. */
export async function isWhole(pool: Pool, topics: readonly string[]): Promise<boolean> {
  const { rows } = await pool.query('SELECT FROM bus.topics WHERE name = ANY ($1) AND pruned IS NOT NULL', [topics]);
  return rows.length === 0;
}
