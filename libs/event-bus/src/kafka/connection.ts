import type { ConnectionOptions } from 'node:tls';
import {
  type Admin,
  type ISocketFactory,
  type ITopicConfig,
  Kafka,
  KafkaJSError,
  logLevel,
  Partitioners,
  type Producer,
  type SASLOptions,
  type TopicMessages,
} from 'kafkajs';
import { pause } from '../retry';

export interface KafkaConnectionOptions {
  /** `host:port` of some of the brokers. */
  readonly brokers: readonly string[];
  /** How this process names itself to the brokers, and the first part of the groups that it reads a history with. */
  readonly clientId: string;
  /** TLS: `true` for the system's authorities, or PEM texts of an authority and of a client's own certificate and key. */
  readonly ssl?: boolean | Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername'>;
  readonly sasl?: SaslOptions;
  /** Before every topic and group, for several installations on one cluster. */
  readonly prefix?: string;
  /** How a connection is made; the default dials. */
  readonly socketFactory?: ISocketFactory;
}

export interface SaslOptions {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** Below the patience of whoever waits for an answer; what waits in the background begins again by itself. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 };
/** Of one request; a broker takes batches of up to 1 MiB per partition. */
const REQUEST_BYTES = 512 * 1024;
/** A topic just made is known to every broker a moment later. */
const TOPIC_MS = 20_000;
const GLANCE_MS = 20;
const QUESTIONS = 3;

/** The connections of one process to the brokers, each made when first used. */
export class Connection {
  readonly kafka: Kafka;
  private readonly prefix: string;
  private connectedAdmin: Promise<Admin> | undefined;
  private connectedProducer: Promise<Producer> | undefined;

  constructor(readonly options: KafkaConnectionOptions) {
    const { brokers, clientId, ssl, sasl, socketFactory } = options;
    this.prefix = options.prefix ?? '';
    this.kafka = new Kafka({
      brokers: [...brokers],
      clientId,
      connectionTimeout: 3_000,
      requestTimeout: 10_000,
      retry: RETRY,
      // Problems come to the callers as errors; kafkajs' own lines would repeat them.
      logLevel: logLevel.NOTHING,
      ...(ssl === undefined ? {} : { ssl }),
      ...(sasl === undefined ? {} : { sasl: sasl as SASLOptions }),
      ...(socketFactory ? { socketFactory } : {}),
    });
  }

  /** As the brokers know the topic or the group. */
  named(name: string): string {
    return this.prefix + name;
  }

  /** The reverse of `named`. */
  plain(name: string): string {
    return name.slice(this.prefix.length);
  }

  isOurs(name: string): boolean {
    return name.startsWith(this.prefix);
  }

  admin(): Promise<Admin> {
    this.connectedAdmin ??= this.connect(this.kafka.admin());
    this.connectedAdmin.catch(() => (this.connectedAdmin = undefined));
    return this.connectedAdmin;
  }

  /** Asks again, on fresh connections, when the cluster has changed since the last question. */
  async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    for (let left = QUESTIONS; ; left -= 1) {
      const admin = await this.admin();
      try {
        return await question(admin);
      } catch (error) {
        if (left === 1 || !isPassing(error)) throw error;
        this.connectedAdmin = undefined;
        await admin.disconnect();
      }
    }
  }

  /**
   * Settles when every replica in sync has every message, in the order given. After a failure the next one begins with a
   * new producer: an idempotent one cannot tell which of its messages a broker has that answered nothing.
   */
  async send(topicMessages: readonly TopicMessages[]): Promise<void> {
    const producer = await this.producer();
    try {
      for (const request of requests(topicMessages)) await producer.sendBatch({ acks: -1, topicMessages: request });
    } catch (error) {
      this.connectedProducer = undefined;
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  /** Settles when those that were not there yet have a leader for every partition. */
  async makeTopics(wanted: readonly ITopicConfig[]): Promise<void> {
    const admin = await this.admin();
    const existing = new Set(await admin.listTopics());
    const topics = wanted.filter(({ topic }) => !existing.has(topic));
    if (topics.length === 0) return;
    await admin.createTopics({ topics, waitForLeaders: false });
    const names = topics.map(({ topic }) => topic);
    const tooLate = AbortSignal.timeout(TOPIC_MS);
    while (!(await isLed(admin, names))) {
      if (tooLate.aborted) throw new Error(`no leader yet for ${names.join(', ')}`);
      await pause(GLANCE_MS, tooLate);
    }
  }

  async close(): Promise<void> {
    const open = [this.connectedAdmin, this.connectedProducer];
    await Promise.all(open.map(async (one) => (await one?.catch(() => undefined))?.disconnect()));
  }

  private producer(): Promise<Producer> {
    this.connectedProducer ??= this.connect(
      this.kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        createPartitioner: Partitioners.DefaultPartitioner,
        retry: RETRY,
      }),
    );
    this.connectedProducer.catch(() => (this.connectedProducer = undefined));
    return this.connectedProducer;
  }

  private async connect<T extends Admin | Producer>(client: T): Promise<T> {
    await client.connect();
    return client;
  }
}

async function isLed(admin: Admin, topics: string[]): Promise<boolean> {
  const known = new Set(await admin.listTopics());
  if (!topics.every((topic) => known.has(topic))) return false;
  try {
    await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
    return true;
  } catch (error) {
    if (isPassing(error)) return false;
    throw error;
  }
}

/** kafkajs' own word for what a fresh look at the cluster may cure, such as a partition whose leader has moved. */
const isPassing = (error: unknown): boolean => error instanceof KafkaJSError && error.retriable;

/** The messages in their order, cut into requests of a bounded size. */
function* requests(topicMessages: readonly TopicMessages[]): Generator<TopicMessages[]> {
  let request: TopicMessages[] = [];
  let bytes = 0;
  for (const { topic, messages } of topicMessages) {
    for (const message of messages) {
      const size = message.value?.length ?? 0;
      if (bytes + size > REQUEST_BYTES) {
        yield request;
        request = [];
        bytes = 0;
      }
      bytes += size;
      const same = request.find((one) => one.topic === topic);
      if (same) same.messages.push(message);
      else request.push({ topic, messages: [message] });
    }
  }
  if (request.length > 0) yield request;
}
