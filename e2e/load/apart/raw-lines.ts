import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { Pool } from 'pg';
import { inDatabase } from '../postgres';
import type { Line } from './carriers';
import { TOPIC } from './messages';

/** What both engines do without us: texts in, texts out. */
export interface RawLine {
  send(texts: readonly string[]): Promise<unknown>;
  /** Calls for every batch that arrives, until closed. */
  receive(onBatch: (texts: number) => void): Promise<void>;
  close(): Promise<void>;
}

export const rawLine = (line: Line): Promise<RawLine> =>
  line.kind === 'Kafka' ? rawKafka(line.broker, line.prefix) : rawPostgres(line.url);

/** kafkajs bare: its own batches and offsets, all replicas acknowledge. */
async function rawKafka(broker: string, prefix: string): Promise<RawLine> {
  const kafka = new Kafka({ brokers: [broker], clientId: 'raw', logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const consumer = kafka.consumer({ groupId: `${prefix}raw`, maxWaitTimeInMs: 200 });
  const topic = prefix + TOPIC;
  await producer.connect();
  return {
    send: (texts) => producer.send({ topic, messages: texts.map((value) => ({ value })) }),
    receive: async (onBatch) => {
      const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        partitionsConsumedConcurrently: 4,
        eachBatch: async ({ batch }) => onBatch(batch.messages.length),
      });
      await joined;
    },
    close: async () => void (await Promise.all([producer.disconnect(), consumer.disconnect()])),
  };
}

const PAGE = 1000;
const LOOK_MS = 5;

/** A prepared INSERT of the whole batch, and page after page by the primary key. */
async function rawPostgres(url: string): Promise<RawLine> {
  const table = 'CREATE TABLE texts (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event jsonb NOT NULL)';
  await inDatabase(url, (client) => client.query(table));
  const pool = new Pool({ connectionString: url, max: 8 });
  let closed = false;
  const read = async (onBatch: (texts: number) => void): Promise<void> => {
    for (let after = 0; !closed;) {
      const text = `SELECT n, event FROM texts WHERE n > $1 ORDER BY n LIMIT ${PAGE}`;
      const { rows } = await pool.query<{ n: string }>({ name: 'page', text, values: [after] });
      // A number that commits late leaves a gap for a moment: what comes behind it would hide it.
      const gap = rows.findIndex(({ n }, at) => Number(n) !== after + at + 1);
      const seen = gap < 0 ? rows.length : gap;
      after += seen;
      onBatch(seen);
      if (seen === 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  };
  let reading: Promise<void> = Promise.resolve();
  return {
    send: (texts) => {
      const text = 'INSERT INTO texts (event) SELECT value::jsonb FROM unnest($1::text[]) AS value';
      return pool.query({ name: 'insert', text, values: [texts] });
    },
    receive: async (onBatch) => void (reading = read(onBatch)),
    close: async () => {
      closed = true;
      await reading;
      await pool.end();
    },
  };
}
