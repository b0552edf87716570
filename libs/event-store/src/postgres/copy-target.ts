import type { RecordedEvent } from '@tsunagu/event-sourcing';
import { Pool } from 'pg';
import type { CopyTarget } from '../copy';
import { eventsTable } from './schema';
import { postgresEventStore, type PostgresEventStoreOptions } from './store';

/** Only the owner of the log may say when something was recorded; the runtime role is refused. */
const sqlFor = (schema: string): string => `
INSERT INTO ${eventsTable(schema)}
  (ordinal, stream, revision, id, type, schema_version, data, metadata, command_id, fingerprint, recorded_at)
SELECT ordinal, stream, revision, id, type, version, data, metadata, command, fingerprint, recorded
FROM json_to_recordset($1::json) AS e(
  ordinal int, stream text, revision int, id uuid, type text, version int,
  data json, metadata json, command text, fingerprint text, recorded timestamptz)`;

/** A PostgreSQL log to copy into, over a connection of the role that owns it. */
export function postgresCopyTarget(options: PostgresEventStoreOptions): CopyTarget {
  const store = postgresEventStore(options);
  const pool = new Pool({ connectionString: options.connectionString, max: 1 });
  pool.on('error', () => undefined);
  const close = async (): Promise<void> => {
    await Promise.all([store.close(), pool.end()]);
  };
  return {
    store: { ...store, close },
    add: async (events) => {
      await pool.query(sqlFor(options.schema), [JSON.stringify(events.map(row))]);
    },
  };
}

const row = (event: RecordedEvent, ordinal: number): object => ({
  ordinal,
  stream: event.stream,
  revision: event.revision,
  id: event.id,
  type: event.type,
  version: event.schemaVersion,
  data: event.data,
  metadata: event.metadata,
  command: event.metadata.commandId,
  fingerprint: event.metadata.fingerprint,
  recorded: event.recordedAt,
});
