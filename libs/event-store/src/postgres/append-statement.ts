import type { Appended, NewEvent, StreamName } from '@tsunagu/event-sourcing';
import type { Pool } from 'pg';
import { positionOf } from './position';
import { channelOf, eventsTable } from './schema';

export interface Append {
  readonly stream: StreamName;
  /** -1: the stream must not exist. */
  readonly expected: number;
  readonly events: readonly NewEvent[];
}

/** What became of each append, in order: undefined where its stream was elsewhere or already held its events. */
export type AppendMany = (appends: readonly Append[]) => Promise<readonly (Appended | undefined)[]>;

/**
 * Many appends as one document in one statement: one round trip, one transaction, one fsync. The probes are scalar
 * sub-selects because as EXISTS they ran four times slower. Naming the writer lets its own process skip the notice.
 */
const sqlFor = (schema: string): string => `
WITH asked AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS a(
    n int, expected int, ordinal int, stream text, revision int, id uuid, type text, version int,
    data json, metadata json, command text, fingerprint text)
), fitting AS MATERIALIZED (
  SELECT n FROM asked a
  WHERE a.expected = coalesce((
      SELECT e.revision FROM ${eventsTable(schema)} e WHERE e.stream = a.stream ORDER BY e.revision DESC LIMIT 1), -1)
    AND (SELECT e.revision FROM ${eventsTable(schema)} e WHERE e.id = a.id AND e.stream = a.stream) IS NULL
), written AS (
  INSERT INTO ${eventsTable(schema)}
    (ordinal, stream, revision, id, type, schema_version, data, metadata, command_id, fingerprint)
  SELECT ordinal, stream, revision, id, type, version, data, metadata, command, fingerprint
  FROM asked JOIN fitting USING (n)
)
SELECT array_to_json(array_agg(n)), pg_current_xact_id()::text, pg_notify($2, $3 || pg_current_xact_id()::text)
FROM fitting HAVING count(*) > 0`;

interface Row {
  readonly n: number;
  readonly ordinal: number;
}

/** One line of the document; only the first event of an append carries the expected revision, and is probed. */
const documentRow = (append: Append, event: NewEvent, { n, ordinal }: Row, index: number): object => ({
  n,
  ...(index === 0 && { expected: append.expected }),
  ordinal,
  stream: append.stream,
  revision: append.expected + 1 + index,
  id: event.id,
  type: event.type,
  version: event.schemaVersion,
  data: event.data,
  metadata: event.metadata,
  command: event.metadata.commandId,
  fingerprint: event.metadata.fingerprint,
});

export function appendMany(lane: Pool, schema: string, writer: string): AppendMany {
  const text = sqlFor(schema);
  const channel = channelOf(schema);
  return async (appends) => {
    let ordinal = 0;
    const rows = appends.flatMap((append, n) =>
      append.events.map((event, index) => documentRow(append, event, { n, ordinal: ordinal++ }, index)),
    );
    const { rows: answers } = await lane.query<[number[], string]>({
      name: `append to ${schema}`,
      text,
      values: [JSON.stringify(rows), channel, `${writer}:`],
      rowMode: 'array',
    });
    const [written, tx] = answers[0] ?? [[], ''];
    return outcomes(appends, new Set(written), tx);
  };
}

function outcomes(appends: readonly Append[], written: ReadonlySet<number>, tx: string): (Appended | undefined)[] {
  let ordinal = -1;
  return appends.map(({ expected, events }, n) => {
    ordinal += events.length;
    return written.has(n) ? { revision: expected + events.length, position: positionOf(tx, ordinal) } : undefined;
  });
}
