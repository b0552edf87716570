import { randomUUID } from 'node:crypto';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Connection } from './connection';

export type See = (topic: string, messages: readonly KafkaMessage[]) => Promise<void>;

/** With no message for so long, something is wrong. */
const STALLED_MS = 30_000;

const giveUp = async (): Promise<boolean> => false;

/**
 * Reads the topics (as the brokers name them) from their beginnings to what are their ends now. kafkajs reads in groups
 * only: this is one of its own, under `name`, forgotten afterwards.
 * @returns whether retention has deleted nothing of them yet
 */
export async function readThrough(
  connection: Connection,
  name: string,
  topics: readonly string[],
  see: See,
): Promise<boolean> {
  const { ends, whole } = await edgesOf(connection, topics);
  if (ends.size === 0) return whole;
  const groupId = connection.named(`${name}.${randomUUID()}`);
  const reader = connection.kafka.consumer({ groupId, maxWaitTimeInMs: 100, retry: { restartOnFailure: giveUp } });
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const patience = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => reject(new Error(`${topics.join(', ')} could not be read in time`)), STALLED_MS);
      };
      patience();
      reader.on(reader.events.CRASH, ({ payload }) => reject(payload.error));
      const eachBatch = async ({ batch, heartbeat }: EachBatchPayload): Promise<void> => {
        if (ends.size === 0) return;
        clearTimeout(timer);
        await see(batch.topic, untilEnd(batch, ends)).catch((error: unknown) => {
          ends.clear();
          reject(error as Error);
        });
        if (ends.size === 0) return resolve();
        patience();
        await heartbeat();
      };
      reader
        .connect()
        .then(() => reader.subscribe({ topics: [...topics], fromBeginning: true }))
        .then(() => reader.run({ autoCommit: false, eachBatch }))
        .catch(reject);
    });
  } finally {
    clearTimeout(timer);
    await reader.disconnect();
    await (await connection.admin()).deleteGroups([groupId]).catch(() => undefined);
  }
  return whole;
}

/** The messages of the batch that were there when the reading began; takes the partition off the list at its end. */
function untilEnd(
  { topic, partition, messages }: EachBatchPayload['batch'],
  ends: Map<string, bigint>,
): readonly KafkaMessage[] {
  const place = `${topic}/${partition}`;
  const end = ends.get(place);
  if (end === undefined) return [];
  const last = messages.at(-1);
  if (last && BigInt(last.offset) + 1n >= end) ends.delete(place);
  return messages.filter(({ offset }) => BigInt(offset) < end);
}

/** Where each partition that holds anything ends. */
async function edgesOf(
  connection: Connection,
  topics: readonly string[],
): Promise<{ ends: Map<string, bigint>; whole: boolean }> {
  const ends = new Map<string, bigint>();
  let whole = true;
  for (const topic of topics) {
    for (const { partition, low, high } of await connection.ask((admin) => admin.fetchTopicOffsets(topic))) {
      whole &&= BigInt(low) === 0n;
      if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high));
    }
  }
  return { ends, whole };
}
