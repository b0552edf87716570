import type {
  Appended,
  EventMetadata,
  LoadedEvent,
  Position,
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
  StreamName,
} from '@tsunagu/event-sourcing';
import type { CustomTypesConfig, Pool } from 'pg';
import type { Append } from './append-statement';
import { LoadLanes } from './load-lanes';
import { pairOf, positionOf } from './position';
import { eventsTable } from './schema';

/** Column texts as the server sends them: we parse what we need, once. */
const asText: CustomTypesConfig = { getTypeParser: () => (text: string) => text };

const COLUMNS = `tx, ordinal, stream, revision, id, type, schema_version, data, metadata,
  recorded_at AT TIME ZONE 'UTC'`;
type Columns = [string, string, StreamName, string, string, string, string, string, string, string];
/** Whatever is still open may yet commit below what we have seen; so nobody reads past the oldest open transaction. */
const SETTLED = 'tx < pg_snapshot_xmin(pg_current_snapshot())';

export class Reader {
  private readonly table: string;
  private readonly lanes = new LoadLanes((streams) => this.loadMany(streams));

  constructor(
    private readonly pool: Pool,
    private readonly schema: string,
  ) {
    this.table = eventsTable(schema);
  }

  load(stream: StreamName): Promise<readonly LoadedEvent[]> {
    return this.lanes.load(stream);
  }

  async readStream(stream: StreamName, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    const { direction = 'forwards', from, limit = null } = options;
    const [comparison, order] = direction === 'forwards' ? ['>=', 'ASC'] : ['<=', 'DESC'];
    const rows = await this.query<Columns>(
      direction,
      `SELECT ${COLUMNS} FROM ${this.table} WHERE stream = $1 AND ($2::int IS NULL OR revision ${comparison} $2)
       ORDER BY revision ${order} LIMIT $3`,
      [stream, from ?? null, limit],
    );
    return rows.map(recorded);
  }

  async readAll({ after, limit }: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    const { tx, ordinal } = after ? pairOf(after) : { tx: '0', ordinal: 0 };
    const rows = await this.query<Columns>(
      'all',
      `SELECT ${COLUMNS} FROM ${this.table} WHERE (tx, ordinal) > ($1::xid8, $2::int) AND ${SETTLED}
       ORDER BY tx, ordinal LIMIT $3`,
      [tx, ordinal, limit],
    );
    return rows.map(recorded);
  }

  async waitingSince(after: Position | undefined): Promise<Date | undefined> {
    const { tx, ordinal } = after ? pairOf(after) : { tx: '0', ordinal: 0 };
    const [oldest] = await this.query<[string]>(
      'oldest',
      `SELECT recorded_at AT TIME ZONE 'UTC' FROM ${this.table} WHERE (tx, ordinal) > ($1::xid8, $2::int)
       ORDER BY tx, ordinal LIMIT 1`,
      [tx, ordinal],
    );
    return oldest && new Date(rfc3339(oldest[0]));
  }

  async head(): Promise<Position | undefined> {
    const [last] = await this.query<[string, string]>(
      'head',
      `SELECT tx, ordinal FROM ${this.table} WHERE ${SETTLED} ORDER BY tx DESC, ordinal DESC LIMIT 1`,
      [],
    );
    return last && positionOf(last[0], last[1]);
  }

  /** What the append answered the first time, when its stream holds every one of its events. */
  async held({ stream, events }: Append): Promise<Appended | undefined> {
    const rows = await this.query<[string, string, string]>(
      'held',
      `SELECT revision, tx, ordinal FROM ${this.table} WHERE stream = $1 AND id = ANY ($2::uuid[]) ORDER BY revision`,
      [stream, events.map(({ id }) => id)],
    );
    const last = rows.at(-1);
    if (!last || rows.length < events.length) return undefined;
    return { revision: Number(last[0]), position: positionOf(last[1], last[2]) };
  }

  private async loadMany(streams: readonly StreamName[]): Promise<ReadonlyMap<StreamName, readonly LoadedEvent[]>> {
    const rows = await this.query<[StreamName, string, string, string, string, string | null]>(
      'load',
      `SELECT stream, type, schema_version, data, command_id, fingerprint FROM ${this.table}
       WHERE stream = ANY ($1) ORDER BY stream, revision`,
      [streams],
    );
    const loaded = new Map<StreamName, LoadedEvent[]>(streams.map((stream) => [stream, []]));
    for (const [stream, type, schemaVersion, data, commandId, fingerprint] of rows) {
      const events = loaded.get(stream);
      events?.push({
        type,
        schemaVersion: Number(schemaVersion),
        data: JSON.parse(data) as object,
        revision: events.length,
        commandId,
        ...(fingerprint !== null && { fingerprint }),
      });
    }
    return loaded;
  }

  private async query<R extends unknown[]>(name: string, text: string, values: unknown[]): Promise<R[]> {
    const { rows } = await this.pool.query<R>({
      name: `${name} ${this.schema}`,
      text,
      values,
      rowMode: 'array',
      types: asText,
    });
    return rows;
  }
}

function recorded(columns: Columns): RecordedEvent {
  const [tx, ordinal, stream, revision, id, type, schemaVersion, data, metadata, recordedAt] = columns;
  return {
    id,
    type,
    schemaVersion: Number(schemaVersion),
    stream,
    revision: Number(revision),
    position: positionOf(tx, ordinal),
    recordedAt: rfc3339(recordedAt),
    data: JSON.parse(data) as object,
    metadata: JSON.parse(metadata) as EventMetadata,
  };
}

/** `2026-11-22 09:00:00.12` in UTC, as PostgreSQL prints it without trailing zeros, with milliseconds always. */
function rfc3339(utc: string): string {
  return `${utc.slice(0, 10)}T${utc.slice(11, 19)}.${utc.slice(20).padEnd(3, '0')}Z`;
}
