import { escapeIdentifier } from 'pg';

export const eventsTable = (schema: string): string => `${escapeIdentifier(schema)}.events`;

/** Where appends are announced to other processes; notifications stay within one database. */
export const channelOf = (schema: string): string => `events:${schema}`;

/**
 * The log's tables and grants; idempotent, run by the owner before the service starts.
 *
 * Order is (tx, ordinal): the writing transaction, then the place within it. `data` and `metadata` are `json`, not
 * `jsonb`, because json keeps the exact bytes that were written, which hashes over history rest on.
 * The runtime role may read and insert and nothing else, and may set neither the transaction nor the server time.
 */
export function eventStoreSchemaSql(schema: string, runtimeRole: string): string {
  const table = eventsTable(schema);
  const role = escapeIdentifier(runtimeRole);
  return `
CREATE SCHEMA IF NOT EXISTS ${escapeIdentifier(schema)};
CREATE TABLE IF NOT EXISTS ${table} (
  tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
  ordinal integer NOT NULL,
  stream text NOT NULL COLLATE "C",
  revision integer NOT NULL CHECK (revision >= 0),
  id uuid NOT NULL,
  type text NOT NULL,
  schema_version integer NOT NULL,
  data json NOT NULL,
  metadata json NOT NULL,
  command_id text NOT NULL,
  fingerprint text,
  recorded_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT events_position PRIMARY KEY (tx, ordinal),
  CONSTRAINT events_revision UNIQUE (stream, revision),
  CONSTRAINT events_id UNIQUE (id)
);
REVOKE ALL ON ${table} FROM PUBLIC, ${role};
GRANT USAGE ON SCHEMA ${escapeIdentifier(schema)} TO ${role};
GRANT SELECT ON ${table} TO ${role};
GRANT INSERT (ordinal, stream, revision, id, type, schema_version, data, metadata, command_id, fingerprint)
  ON ${table} TO ${role};
DO $$ BEGIN
  IF (SELECT max(tx) FROM ${table}) >= pg_snapshot_xmax(pg_current_snapshot()) THEN
    RAISE EXCEPTION 'this log was written under later transaction ids than this server has reached (restored from a dump?): new events would sort before old ones. Advance the server with pg_resetwal --next-transaction-id / --epoch first';
  END IF;
END $$;
`;
}
