import { randomBytes } from 'node:crypto';
import { busSchemaSql, declareTopics, type EventBus, kafkaEventBus, postgresEventBus } from '@tsunagu/event-bus';
import { type BenchPostgres, inDatabase } from '../postgres';
import { TOPIC } from './messages';

/** Where the events of one run travel, in memory of nobody else. */
export type Line =
  | { readonly kind: 'PostgreSQL'; readonly url: string }
  | { readonly kind: 'Kafka'; readonly broker: string; readonly prefix: string };

/** What makes new, empty lines with so many partitions. */
export interface Carrier {
  readonly kind: Line['kind'];
  line(partitions: number): Promise<Line>;
}

export const overPostgres = (postgres: BenchPostgres): Carrier => ({
  kind: 'PostgreSQL',
  line: async (partitions) => {
    const url = await postgres.database();
    const rights = [{ role: 'postgres', publishes: [TOPIC], reads: [TOPIC] }];
    await inDatabase(url, (client) => client.query(busSchemaSql(rights, partitions)));
    return { kind: 'PostgreSQL', url };
  },
});

export const overKafka = (broker: string): Carrier => ({
  kind: 'Kafka',
  line: async (partitions) => {
    const prefix = `bench-${randomBytes(4).toString('hex')}.`;
    const topic = { name: TOPIC, partitions, retentionDays: -1 };
    await declareTopics({ brokers: [broker], clientId: 'bench', prefix }, [topic]);
    return { kind: 'Kafka', broker, prefix };
  },
});

/** As many events at once as the widest line has partitions. */
export const CONCURRENCY = 12;

export function open(line: Line): EventBus {
  const onError = (error: unknown): void => void process.stderr.write(`${String(error)}\n`);
  const shared = { concurrency: CONCURRENCY, onError };
  return line.kind === 'PostgreSQL'
    ? postgresEventBus({ connectionString: line.url, ...shared })
    : kafkaEventBus({ brokers: [line.broker], clientId: 'bench', prefix: line.prefix, ...shared });
}
