import { retentionDaysOf } from '@tsunagu/contracts';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { pruningSql } from './pruning';

/** What one service's role may do on the bus. */
export interface BusRights {
  readonly role: string;
  readonly publishes: readonly string[];
  readonly reads: readonly string[];
}

/** Enough for one city; fixed for ever when a topic is made, because the key decides the partition. */
const PARTITIONS = 8;

/**
 * Schema of the bus database and exactly these rights for these roles, run by its owner; running it again changes
 * nothing. Rights are rows, enforced by row-level security: a service publishes only on its own topics, reads only what
 * it consumes, and cannot touch another's progress.
 */
export const busSchemaSql = (rights: readonly BusRights[], partitions = PARTITIONS): string =>
  [tables, policies, pruningSql, topicsSql(rights, partitions), ...rights.map(rightsSql)].join('\n');

const tables = `
  SELECT pg_advisory_xact_lock(hashtextextended('tsunagu.bus.schema', 0));
  CREATE SCHEMA IF NOT EXISTS bus;
  CREATE TABLE IF NOT EXISTS bus.topics (
    name text PRIMARY KEY,
    partitions integer NOT NULL CHECK (partitions > 0)
  );
  ALTER TABLE bus.topics ADD COLUMN IF NOT EXISTS retention_days integer CHECK (retention_days > 0);
  ALTER TABLE bus.topics ADD COLUMN IF NOT EXISTS pruned timestamptz;
  CREATE TABLE IF NOT EXISTS bus.rights (
    role name NOT NULL,
    topic text NOT NULL REFERENCES bus.topics,
    publishes boolean NOT NULL,
    reads boolean NOT NULL,
    PRIMARY KEY (role, topic)
  );
  CREATE TABLE IF NOT EXISTS bus.messages (
    topic text NOT NULL,
    partition integer NOT NULL,
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    position bigint GENERATED ALWAYS AS IDENTITY,
    published timestamptz NOT NULL DEFAULT clock_timestamp(),
    event jsonb NOT NULL,
    PRIMARY KEY (topic, partition, tx, position)
  );
  CREATE INDEX IF NOT EXISTS messages_published ON bus.messages (topic, partition, published);
  CREATE TABLE IF NOT EXISTS bus.offsets (
    consumer_group text NOT NULL,
    topic text NOT NULL REFERENCES bus.topics,
    partition integer NOT NULL,
    tx xid8 NOT NULL DEFAULT '0',
    position bigint NOT NULL DEFAULT 0,
    epoch bigint NOT NULL DEFAULT 0,
    role name NOT NULL DEFAULT current_user,
    PRIMARY KEY (consumer_group, topic, partition)
  );
  CREATE TABLE IF NOT EXISTS bus.dead_letters (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    consumer_group text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    tx xid8 NOT NULL,
    position bigint NOT NULL,
    event jsonb NOT NULL,
    reason text NOT NULL,
    attempts integer NOT NULL,
    failed timestamptz NOT NULL DEFAULT clock_timestamp(),
    redriven timestamptz,
    role name NOT NULL DEFAULT current_user,
    UNIQUE (consumer_group, topic, partition, tx, position)
  );
  REVOKE ALL ON SCHEMA bus FROM PUBLIC;
`;

const policies = `
  ALTER TABLE bus.messages ENABLE ROW LEVEL SECURITY;
  ALTER TABLE bus.offsets ENABLE ROW LEVEL SECURITY;
  ALTER TABLE bus.dead_letters ENABLE ROW LEVEL SECURITY;
  DROP POLICY IF EXISTS publishes ON bus.messages;
  CREATE POLICY publishes ON bus.messages FOR INSERT WITH CHECK (
    topic IN (SELECT r.topic FROM bus.rights r WHERE r.role = current_user AND r.publishes));
  DROP POLICY IF EXISTS reads ON bus.messages;
  CREATE POLICY reads ON bus.messages FOR SELECT USING (
    topic IN (SELECT r.topic FROM bus.rights r WHERE r.role = current_user AND r.reads));
  DROP POLICY IF EXISTS own ON bus.offsets;
  CREATE POLICY own ON bus.offsets USING (role = current_user);
  DROP POLICY IF EXISTS own ON bus.dead_letters;
  CREATE POLICY own ON bus.dead_letters USING (role = current_user);
`;

const topicsSql = (rights: readonly BusRights[], partitions: number): string =>
  [...new Set(rights.flatMap(({ publishes, reads }) => [...publishes, ...reads]))]
    .map(
      (topic) =>
        `INSERT INTO bus.topics (name, partitions, retention_days)
           VALUES (${escapeLiteral(topic)}, ${Math.trunc(partitions)}, ${retentionDaysOf(topic) ?? 'NULL'})
           ON CONFLICT (name) DO UPDATE SET retention_days = excluded.retention_days;`,
    )
    .join('\n');

function rightsSql({ role, publishes, reads }: BusRights): string {
  const grantee = escapeIdentifier(role);
  const rows = [...new Set([...publishes, ...reads])].map(
    (topic) =>
      `INSERT INTO bus.rights VALUES (${escapeLiteral(role)}, ${escapeLiteral(topic)}, ${publishes.includes(topic)}, ${reads.includes(topic)});`,
  );
  return `
  GRANT USAGE ON SCHEMA bus TO ${grantee};
  GRANT SELECT ON bus.topics, bus.rights TO ${grantee};
  GRANT EXECUTE ON FUNCTION bus.prune(integer) TO ${grantee};
  GRANT SELECT, INSERT ON bus.messages TO ${grantee};
  GRANT SELECT, INSERT, UPDATE (tx, position, epoch) ON bus.offsets TO ${grantee};
  GRANT SELECT, INSERT, DELETE, UPDATE (reason, attempts, failed, redriven) ON bus.dead_letters TO ${grantee};
  DELETE FROM bus.rights WHERE role = ${escapeLiteral(role)};
  ${rows.join('\n  ')}`;
}
