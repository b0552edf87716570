import { type CloudEvent, catalogue } from '@tsunagu/contracts';
import type { Message, TopicMessages } from 'kafkajs';
import {
  type ConsumeOptions,
  type Consumer,
  DEAD_LETTERS,
  type DeadLetter,
  type EventBus,
  type Outgoing,
} from '../port';
import { Slots } from '../slots';
import { type Catalogue, publishable } from '../publishable';
import { inTime } from '../check';
import { patient, type RetryPolicy } from '../retry';
import { Connection, type KafkaConnectionOptions } from './connection';
import { DeadLetters, eventIn } from './dead-letters';
import { GroupConsumer } from './group-consumer';
import { GroupOffsets } from './offsets';
import { readThrough } from './reading';

export interface KafkaEventBusOptions extends KafkaConnectionOptions {
  readonly retry?: RetryPolicy;
  /** Most events handled at once by all consumers of this bus together; below the size of the pools that handlers use. */
  readonly concurrency?: number;
  /** After this long without a sign of life an instance counts as dead; brokers allow 6 s and more by default. */
  readonly sessionTimeoutMs?: number;
  /** Told of what went wrong in the background; it is tried again by itself. */
  readonly onError?: (error: unknown) => void;
  readonly contracts?: Catalogue;
}

const CONCURRENCY = 4;
const SESSION_TIMEOUT_MS = 10_000;

/** The bus on Kafka; its topics are made by `declareTopics`. Connects when first used. */
export function kafkaEventBus(options: KafkaEventBusOptions): EventBus {
  return new KafkaEventBus(options);
}

class MayNotConsume extends Error {}

class KafkaEventBus implements EventBus {
  private readonly connection: Connection;
  private readonly letters: DeadLetters;
  private readonly offsets: GroupOffsets;
  private readonly slots: Slots;
  private readonly consumers = new Map<string, Set<GroupConsumer>>();
  private asking: Promise<unknown> | undefined;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: KafkaEventBusOptions) {
    this.connection = new Connection(options);
    this.letters = new DeadLetters(this.connection);
    this.offsets = new GroupOffsets(this.connection, this.letters);
    this.slots = new Slots(options.concurrency ?? CONCURRENCY);
  }

  async publish(events: readonly Outgoing[]): Promise<void> {
    const contracts = this.options.contracts ?? catalogue;
    const checked = events.map((event) => publishable(event, contracts));
    if (checked.length > 0) await this.connection.send(checked.map((one) => this.travelling(one)));
  }

  async consume(options: ConsumeOptions): Promise<Consumer> {
    const { connection, letters, slots } = this;
    const { onError = () => undefined } = this.options;
    const prepare = this.preparing(options);
    // A service starts, and serves, without its broker.
    await prepare().catch((error: unknown) => {
      if (error instanceof MayNotConsume) throw error;
      onError(error);
    });
    const consumer = new GroupConsumer({
      ...options,
      connection,
      letters,
      slots,
      prepare,
      onError,
      concurrency: this.options.concurrency ?? CONCURRENCY,
      retry: this.options.retry ?? patient,
      sessionTimeoutMs: this.options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
    });
    const same = this.consumers.get(options.group) ?? new Set();
    this.consumers.set(options.group, same.add(consumer));
    await consumer.start();
    return consumer;
  }

  /** kafkajs goes on asking a broker that is silent: one question at a time. */
  check(): Promise<void> {
    this.asking ??= this.connection.ask((admin) => admin.describeCluster()).finally(() => (this.asking = undefined));
    return inTime(this.asking);
  }

  lag(group: string): Promise<number> {
    const consumers = [...(this.consumers.get(group) ?? [])];
    return this.offsets.lag(
      group,
      consumers.flatMap(({ topics }) => topics),
    );
  }

  replay(group: string, from?: Date): Promise<void> {
    return this.offsets.replay(group, from);
  }

  async history(topics: readonly string[], see: (events: readonly CloudEvent[]) => Promise<void>) {
    const { connection } = this;
    const name = `${connection.options.clientId}-history`;
    const whole = await readThrough(
      connection,
      name,
      topics.map((topic) => connection.named(topic)),
      (_, messages) => see(messages.map(({ value }) => eventIn(value)).filter((event) => event !== undefined)),
    );
    return { whole };
  }

  /** The broker does, by the declared topics. */
  async prune(): Promise<number> {
    return 0;
  }

  deadLetters(group?: string, most = DEAD_LETTERS): Promise<readonly DeadLetter[]> {
    return this.letters.list(group, most);
  }

  deadLetter(id: string): Promise<DeadLetter | undefined> {
    return this.letters.one(id);
  }

  redrive(id: string): Promise<void> {
    return this.letters.redrive(id);
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    const consumers = [...this.consumers.values()].flatMap((same) => [...same]);
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await this.connection.close();
  }

  private travelling({ topic, event }: Outgoing): TopicMessages {
    return { topic: this.connection.named(topic), messages: [messageOf(event)] };
  }

  /** What must be there before the group can consume; once done, it does nothing. */
  private preparing(options: ConsumeOptions): () => Promise<void> {
    let prepared = false;
    return async () => {
      if (prepared) return;
      await this.letters.prepare(options.group, await this.partitionsOf(options));
      prepared = true;
    };
  }

  /** @throws MayNotConsume for an unknown topic, or one that this service may not see */
  private async partitionsOf({ group, topics }: ConsumeOptions): Promise<number> {
    const admin = await this.connection.admin();
    const known = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !known.has(this.connection.named(topic)));
    if (missing.length > 0) {
      throw new MayNotConsume(
        `the group ${group} may not consume ${missing.join(', ')}: no such topic, or no right to it`,
      );
    }
    const metadata = await admin.fetchTopicMetadata({ topics: topics.map((topic) => this.connection.named(topic)) });
    return Math.max(...metadata.topics.map(({ partitions }) => partitions.length));
  }
}

/** CloudEvents 1.0 Kafka binding, structured mode (section 3.3); its key is the partition key (section 3.1). */
const messageOf = (event: CloudEvent): Message => ({
  key: event.partitionkey,
  value: JSON.stringify(event),
  headers: {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
  },
});
