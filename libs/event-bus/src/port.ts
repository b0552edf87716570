import type { CloudEvent } from '@tsunagu/contracts';

export interface Outgoing {
  readonly topic: string;
  readonly event: CloudEvent;
}

export interface ConsumeOptions {
  /** Instances of one group share the work; each group sees every event. */
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Called once per event at a time per partition, in the order of its key. At least once: dedupe with `inbox`.
   * A throw is tried again after a growing delay; after the last attempt the event goes to the dead letters.
   */
  readonly handle: (event: CloudEvent) => Promise<void>;
  /** Offered several events of a partition that came at once, in their order. Once it throws, each is handled alone. */
  readonly handleTogether?: (events: readonly CloudEvent[]) => Promise<void>;
}

export interface Consumer {
  /** Settles after the event in hand is finished. */
  stop(): Promise<void>;
}

/** An event set aside after its last attempt. Carries no personal text: the reason is an error code or class. */
export interface DeadLetter {
  readonly id: string;
  readonly group: string;
  readonly topic: string;
  readonly event: CloudEvent;
  readonly reason: string;
  readonly attempts: number;
  readonly failedAt: string;
  /** Since when it has been put back, while its group has not handled it yet. */
  readonly redrivenAt?: string;
}

/** How many dead letters are shown when nobody says how many. */
export const DEAD_LETTERS = 1_000;

/** It was never there, or its group has handled it since. */
export class NoSuchDeadLetter extends Error {
  constructor() {
    super('there is no such dead letter');
    this.name = 'NoSuchDeadLetter';
  }
}

export interface EventBus {
  /** Settles when every event is durable. Publishing an event twice is allowed: consumers dedupe by id. */
  publish(events: readonly Outgoing[]): Promise<void>;
  consume(options: ConsumeOptions): Promise<Consumer>;
  /** Settles when the engine answers. @throws within 2 s otherwise */
  check(): Promise<void>;
  /** Events of the group not yet handled. */
  lag(group: string): Promise<number>;
  /** Starts the group over from this instant, or from the beginning. The group must not be running. */
  replay(group: string, from?: Date): Promise<void>;
  /**
   * Shows all that the topics hold now, from the beginning; each key's events in their order, repeats included. Moves no
   * group's place. Answers whether that is everything ever published there: false once retention has deleted some.
   */
  history(
    topics: readonly string[],
    see: (events: readonly CloudEvent[]) => Promise<void>,
  ): Promise<{ whole: boolean }>;
  /** Lets go of what its topic no longer keeps (`retentionDaysOf`); answers how many events. Kafka does so by itself. */
  prune(): Promise<number>;
  /** What waits for somebody to look at it, the longest waiting first; at most so many (1,000 unless told). */
  deadLetters(group?: string, most?: number): Promise<readonly DeadLetter[]>;
  /** One that was not handled since, put back or not. */
  deadLetter(id: string): Promise<DeadLetter | undefined>;
  /**
   * Puts a dead letter back to be handled by its group; one that has been put back and waits stays as it is.
   * @throws NoSuchDeadLetter
   */
  redrive(id: string): Promise<void>;
  close(): Promise<void>;
}
