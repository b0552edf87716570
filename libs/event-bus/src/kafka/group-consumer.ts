import { setMaxListeners } from 'node:events';
import type { CloudEvent } from '@tsunagu/contracts';
import type { Consumer as KafkaConsumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { ConsumeOptions, Consumer } from '../port';
import { Progress } from '../progress';
import { Slots } from '../slots';
import { delayAfter, isOutage, pause, reasonOf, type RetryPolicy } from '../retry';
import { NOT_AN_EVENT, standIn } from '../unreadable';
import { byPartition } from './by-partition';
import type { Connection } from './connection';
import { type DeadLetters, eventIn, type Letter, letterIn, type Place } from './dead-letters';

export interface GroupConsumerOptions extends ConsumeOptions {
  readonly connection: Connection;
  readonly letters: DeadLetters;
  /** Before it joins. */
  readonly prepare: () => Promise<void>;
  readonly slots: Slots;
  readonly concurrency: number;
  readonly retry: RetryPolicy;
  readonly sessionTimeoutMs: number;
  readonly onError: (error: unknown) => void;
}

/** One event to be handled: from a topic, or again from the dead letters. */
interface Work {
  readonly place: Place;
  readonly event: CloudEvent | undefined;
  readonly letter?: Letter;
}

/** Up to where a partition is finished with, and the call that tells the broker so. */
interface Reached {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly commit: EachBatchPayload['commitOffsetsIfNecessary'];
}

interface Failing {
  readonly offset: string;
  readonly failures: number;
  readonly round: number;
}

/** Joining waits for members that still have an event in hand; whoever starts a consumer does not. */
const JOIN_MS = 5_000;
const RESTART_MS = 1_000;
const GOODBYE_MS = 5_000;
/** How long a partition that was paused may stay unasked for after it goes on. */
const LONG_POLL_MS = 500;
/** A commit costs the broker as much as a message. */
const COMMIT_EVERY_MS = 200;
/** Between two fetches that bring little, so that the next brings what several messages are. */
const PACE_MS = 40;
const LITTLE = 10;
/** About a hundred events per partition in memory: what back-pressure lets in. */
const PARTITION_BYTES = 96 * 1024;

/** One instance of a consumer group. A place is committed only after what is before it was handled or set aside. */
export class GroupConsumer implements Consumer {
  readonly topics: readonly string[];
  private readonly lettersTopic: string;
  private readonly lanes = new Map<number, Slots>();
  private readonly inHand = new Set<Promise<void>>();
  private readonly failing = new Map<string, Failing>();
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private batches = 0;

  constructor(private readonly options: GroupConsumerOptions) {
    // Every partition that waits for its next try listens.
    setMaxListeners(0, this.stopping.signal);
    this.lettersTopic = options.letters.topicOf(options.group);
    this.topics = [...options.topics.map((topic) => options.connection.named(topic)), this.lettersTopic];
  }

  /** Settles when it has joined, or when that takes long; then it goes on joining. */
  async start(): Promise<void> {
    const joined = new AbortController();
    this.running = this.run(() => joined.abort());
    await pause(JOIN_MS, AbortSignal.any([joined.signal, this.stopping.signal]));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled(this.inHand);
    // A cluster that does not answer is not said goodbye to: it notices by itself.
    const enough = new AbortController();
    await Promise.race([this.running, pause(GOODBYE_MS, enough.signal)]);
    enough.abort();
  }

  private async run(joined: () => void): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.untilCrash(joined).catch(this.options.onError);
      await pause(RESTART_MS, signal);
    }
  }

  /** kafkajs gives some failures up for ever: then a new member takes over. */
  private async untilCrash(joined: () => void): Promise<void> {
    await this.options.prepare();
    const member = this.member();
    const progress = new Progress<string, Reached>({
      write: commit,
      everyMs: COMMIT_EVERY_MS,
      onError: this.options.onError,
    });
    const { signal } = this.stopping;
    const over = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      member.on(member.events.CRASH, ({ payload }) => {
        this.options.onError(payload.error);
        resolve();
      });
    });
    member.on(member.events.REBALANCING, () => void progress.save().catch(this.options.onError));
    member.on(member.events.GROUP_JOIN, () => {
      // What another member goes on from is not ours to move any more.
      progress.forget();
      joined();
    });
    try {
      await member.connect();
      await member.subscribe({ topics: [...this.topics], fromBeginning: true });
      const started = member.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: this.options.concurrency,
        eachBatch: (payload) => this.eachBatch(payload, progress),
      });
      await Promise.race([started.then(() => over), over]);
    } finally {
      if (signal.aborted) await progress.save().catch(this.options.onError);
      await member.disconnect();
      progress.close();
    }
  }

  private member(): KafkaConsumer {
    const { connection, group, sessionTimeoutMs } = this.options;
    return connection.kafka.consumer({
      groupId: connection.named(group),
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.floor(sessionTimeoutMs / 10),
      maxBytesPerPartition: PARTITION_BYTES,
      maxWaitTimeInMs: LONG_POLL_MS,
      partitionAssigners: [byPartition],
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5, restartOnFailure: async () => false },
    });
  }

  private async eachBatch(payload: EachBatchPayload, progress: Progress<string, Reached>): Promise<void> {
    const { batch, heartbeat } = payload;
    const { topic, partition } = batch;
    const { turn } = progress;
    const began = performance.now();
    this.batches += 1;
    // However long a handler takes; that the group rebalances is heard between two events.
    const beat = setInterval(() => void heartbeat().catch(() => undefined), this.options.sessionTimeoutMs / 10);
    const reached = (done: string): void => {
      payload.resolveOffset(done);
      // Since a rebalance, another member may be further in this partition.
      if (turn !== progress.turn) return;
      const offset = String(BigInt(done === batch.messages.at(-1)?.offset ? batch.lastOffset() : done) + 1n);
      progress.reached(`${topic}/${partition}`, { topic, partition, offset, commit: payload.commitOffsetsIfNecessary });
    };
    try {
      await this.workThrough(payload, reached);
    } finally {
      clearInterval(beat);
      this.batches -= 1;
      // kafkajs fetches again once every batch of this fetch has returned.
      const early = began + PACE_MS - performance.now();
      if (early > 0 && this.batches === 0 && batch.messages.length < LITTLE) await pause(early, this.stopping.signal);
      // Whoever leaves saves first.
      if (this.stopping.signal.aborted || !payload.isRunning()) await progress.save();
    }
  }

  private async workThrough(payload: EachBatchPayload, reached: (offset: string) => void): Promise<void> {
    const { batch, heartbeat, isRunning, isStale } = payload;
    const work = batch.messages.map((message) => this.workOf(batch, message));
    if (await this.together(batch.partition, work)) return reached(batch.messages.at(-1)?.offset ?? batch.lastOffset());
    for (const [n, message] of batch.messages.entries()) {
      if (!isRunning() || isStale() || this.stopping.signal.aborted) break;
      const delay = await this.attempt(work[n]);
      if (delay !== undefined) return this.rest(payload, delay);
      reached(message.offset);
      await heartbeat();
    }
  }

  /** Whether all of them could be handled in one go. One that has failed before is tried alone. */
  private async together(partition: number, work: readonly (Work | undefined)[]): Promise<boolean> {
    const { handleTogether, onError } = this.options;
    const events = work.flatMap((one) => (one?.event && !one.letter ? [one.event] : []));
    if (!handleTogether || events.length < 2 || events.length < work.length || this.stopping.signal.aborted)
      return false;
    if (work.some((one) => one && this.failing.get(nameOf(one.place))?.offset === one.place.offset)) return false;
    try {
      await this.inLane(partition, () => handleTogether(events));
      return true;
    } catch (error) {
      onError(error);
      return false;
    }
  }

  private workOf({ topic, partition }: EachBatchPayload['batch'], { offset, value }: KafkaMessage): Work | undefined {
    const { connection } = this.options;
    if (topic !== this.lettersTopic) {
      return { place: { topic: connection.plain(topic), partition, offset }, event: eventIn(value) };
    }
    const letter = letterIn(value);
    if (letter?.redrivenAt === undefined) return undefined;
    const event = letter.reason === NOT_AN_EVENT ? undefined : letter.event;
    return { place: { topic: this.lettersTopic, partition, offset }, event, letter };
  }

  /** @returns after how long to try again, in ms; nothing when it is finished with */
  private async attempt(work: Work | undefined): Promise<number | undefined> {
    if (!work) return undefined;
    const { place, event, letter } = work;
    if (!event) return this.setAside(work, NOT_AN_EVENT, 1);
    try {
      await this.inLane(place.partition, () => this.options.handle(event));
    } catch (error) {
      this.options.onError(error);
      return this.failed(work, error);
    }
    this.failing.delete(nameOf(place));
    if (letter) await this.options.letters.bury(letter);
    return undefined;
  }

  /** One at a time per partition, its dead letters included. */
  private async inLane(partition: number, work: () => Promise<void>): Promise<void> {
    const lane = this.lanes.get(partition) ?? new Slots(1);
    this.lanes.set(partition, lane);
    const handling = lane.run(() => this.options.slots.run(work));
    this.inHand.add(handling);
    await handling.finally(() => this.inHand.delete(handling));
  }

  private async failed(work: Work, error: unknown): Promise<number | undefined> {
    const { retry } = this.options;
    const name = nameOf(work.place);
    const before = this.failing.get(name);
    const { failures, round } = before?.offset === work.place.offset ? before : { failures: 0, round: 0 };
    const count = failures + (isOutage(error) ? 0 : 1);
    if (count >= retry.attempts) return this.setAside(work, reasonOf(error), count);
    this.failing.set(name, { offset: work.place.offset, failures: count, round: round + 1 });
    return delayAfter(retry, round);
  }

  private async setAside({ place, event, letter }: Work, reason: string, attempts: number): Promise<undefined> {
    const { group, letters } = this.options;
    const origin = letter ?? {
      ...place,
      group,
      event: event ?? standIn(place.topic, place.partition, place.offset),
      attempts: 0,
    };
    const { topic, partition, offset } = origin;
    await letters.write({
      ...{ group, topic, partition, offset, event: origin.event, reason },
      attempts: origin.attempts + attempts,
      failedAt: new Date().toISOString(),
    });
    this.failing.delete(nameOf(place));
  }

  /** The partition waits for its event, and the member meanwhile goes on with the others. */
  private rest(payload: EachBatchPayload, delay: number): void {
    if (delay === 0) return;
    const goOn = payload.pause();
    void pause(delay, this.stopping.signal).then(goOn);
  }
}

const nameOf = ({ topic, partition }: Place): string => `${topic}/${partition}`;

/** By a batch's own function: the consumer's does nothing any more once it is stopping. */
async function commit(reached: readonly Reached[]): Promise<void> {
  const topics = [...new Set(reached.map(({ topic }) => topic))].map((topic) => ({
    topic,
    partitions: reached.filter((one) => one.topic === topic).map(({ partition, offset }) => ({ partition, offset })),
  }));
  await reached.at(-1)?.commit({ topics });
}
