import type { LoadedEvent, NewEvent, Position, RecordedEvent, StreamName } from './event';

/** The revision the writer saw last, or that it saw no stream at all. */
export type ExpectedRevision = number | 'no-stream';

export interface Appended {
  /** Revision of the last event of this append. */
  readonly revision: number;
  readonly position: Position;
}

/** Somebody else wrote to the stream first: load again and decide again. */
export class RevisionConflict extends Error {
  constructor(
    readonly stream: StreamName,
    readonly expected: ExpectedRevision,
  ) {
    super(`stream ${stream} is no longer at ${expected}`);
    this.name = 'RevisionConflict';
  }
}

export interface ReadStreamOptions {
  /** First revision to return; default 0, or the last one when reading backwards. */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

export interface ReadAllOptions {
  /** Return events after this position; from the beginning when absent. */
  readonly after?: Position;
  readonly limit: number;
}

export interface Subscription {
  /** Settles after the batch in hand is finished. */
  stop(): Promise<void>;
}

export interface SubscribeOptions {
  readonly after?: Position;
  /** Most events handed over at once; default 500. */
  readonly batchSize?: number;
  /** Told of a batch that failed; the same batch is tried again, after a growing delay. */
  readonly onError?: (error: unknown) => void;
}

const COUNT_PAGE = 500;

/** How many events the log holds after the position; more than `atMost` are not counted. */
export async function countAfter(
  store: Pick<EventStore, 'readAll'>,
  position: Position | undefined,
  atMost: number,
): Promise<number> {
  let after = position;
  for (let count = 0; ;) {
    const limit = Math.min(COUNT_PAGE, atMost - count);
    const page = await store.readAll({ ...(after && { after }), limit });
    count += page.length;
    if (page.length < limit || count >= atMost) return count;
    after = page.at(-1)?.position;
  }
}

/** One service's log. Adapters pass the same contract suite (libs/testing). */
export interface EventStore {
  /**
   * Appends all events or none. Appending events whose ids the stream already holds answers as the first time.
   * @throws RevisionConflict when the stream is not at `expected`
   */
  append(stream: StreamName, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended>;
  /** The whole stream in revision order, reduced to what a fold needs; empty when there is none. */
  load(stream: StreamName): Promise<readonly LoadedEvent[]>;
  readStream(stream: StreamName, options?: ReadStreamOptions): Promise<readonly RecordedEvent[]>;
  /** In commit order, never past a transaction that is still open. */
  readAll(options: ReadAllOptions): Promise<readonly RecordedEvent[]>;
  /** Calls `onBatch` for every event after `after`, in order, one batch at a time, now and as they come. */
  subscribe(options: SubscribeOptions, onBatch: (events: readonly RecordedEvent[]) => Promise<void>): Subscription;
  /** Position of the last event readers may see; undefined when the log is empty. */
  head(): Promise<Position | undefined>;
  /**
   * When the oldest event after the position, or of all, was recorded; undefined when there is none. It need not be
   * visible to readers yet: what an open transaction holds back is late all the same.
   */
  waitingSince(after?: Position): Promise<Date | undefined>;
  close(): Promise<void>;
}
