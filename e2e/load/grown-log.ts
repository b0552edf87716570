import { eventStoreSchemaSql } from '@tsunagu/event-store';
import { inDatabase } from './postgres';
import { sampleEvent, STREAM_LENGTH } from './sample-events';

const STREAMS_AT_ONCE = 250;

export const streamNumber = (n: number): `${string}-${string}` => `grown-${n}`;

/** Fills a log with streams of twelve events, as if appended over time: the streams of one stretch interleaved. */
export async function growLog(url: string, schema: string, events: number): Promise<void> {
  const { type, data, metadata } = sampleEvent(0);
  await inDatabase(url, async (client) => {
    await client.query(eventStoreSchemaSql(schema, 'postgres'));
    for (let first = 0; first * STREAM_LENGTH < events; first += STREAMS_AT_ONCE) {
      await client.query(
        `INSERT INTO ${schema}.events
           (ordinal, stream, revision, id, type, schema_version, data, metadata, command_id)
         SELECT row_number() OVER (ORDER BY r, s), 'grown-' || s, r, gen_random_uuid(), $3, 1,
           replace($4, '"n":0', '"n":' || r)::json, $5::json, gen_random_uuid()
         FROM generate_series($1::int, $2::int) s, generate_series(0, ${STREAM_LENGTH - 1}) r`,
        [first, first + STREAMS_AT_ONCE - 1, type, JSON.stringify(data), JSON.stringify(metadata)],
      );
    }
    await client.query(`VACUUM ANALYZE ${schema}.events`);
  });
}

/** Emmett's own log of the same events; it has to be asked, so it is a shorter one. */
export async function growEmmett(
  append: (stream: string, revision: number, events: ReturnType<typeof sampleEvent>[]) => Promise<unknown>,
  events: number,
): Promise<void> {
  for (let n = 0; n * STREAM_LENGTH < events; n += 1) {
    await append(
      streamNumber(n),
      0,
      Array.from({ length: STREAM_LENGTH }, (_, i) => sampleEvent(i)),
    );
  }
}
