import type { Position, RecordedEvent, SubscribeOptions, Subscription } from '@tsunagu/event-sourcing';
import type { Announcements } from './announcements';
import type { LogTail } from './log-tail';

type OnBatch = (events: readonly RecordedEvent[]) => Promise<void>;

/** The safety net under the announcements. */
const POLL_MS = 1000;
/** An announced event waits for older transactions to end, which nobody announces. */
const SETTLING_MS = { first: 1, most: 50 } as const;
const RETRY_MS = { first: 50, most: 10_000 } as const;

/** Reads on from a position for ever: reads ahead while it catches up, sleeps when there is nothing. */
export class LogSubscription implements Subscription {
  private after: Position | undefined;
  private wanted: Position | undefined;
  private stopping = false;
  private wake: () => void = () => undefined;
  private readonly unsubscribe: () => void;
  private readonly finished: Promise<void>;

  constructor(
    private readonly log: LogTail,
    announcements: Announcements,
    private readonly options: SubscribeOptions,
    private readonly onBatch: OnBatch,
  ) {
    this.after = options.after;
    this.unsubscribe = announcements.subscribe((upTo) => {
      if (upTo !== undefined && (this.wanted === undefined || upTo > this.wanted)) this.wanted = upTo;
      this.wake();
    });
    this.finished = this.run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.unsubscribe();
    this.wake();
    await this.finished;
  }

  private async run(): Promise<void> {
    const limit = this.options.batchSize ?? 500;
    let ahead: Promise<readonly RecordedEvent[]> | undefined;
    let settling: number = SETTLING_MS.first;
    while (!this.stopping) {
      const batch = await this.read(ahead, limit);
      ahead = undefined;
      const last = batch.at(-1);
      if (!last) {
        settling = await this.pause(settling);
        continue;
      }
      settling = SETTLING_MS.first;
      if (batch.length === limit) ahead = this.readAhead(last.position, limit);
      await this.untilDone(() => this.onBatch(batch));
      this.after = last.position;
    }
    await ahead?.catch(() => undefined);
  }

  private readAhead(after: Position, limit: number): Promise<readonly RecordedEvent[]> {
    const reading = this.log.readAll({ after, limit });
    reading.catch(() => undefined);
    return reading;
  }

  private async read(
    ahead: Promise<readonly RecordedEvent[]> | undefined,
    limit: number,
  ): Promise<readonly RecordedEvent[]> {
    let first = ahead;
    const batch = await this.untilDone(() => {
      const reading = first ?? this.log.readAll({ ...(this.after && { after: this.after }), limit });
      first = undefined;
      return reading;
    });
    return batch ?? [];
  }

  /** Until something is announced; but only briefly while something announced is not yet readable. */
  private async pause(settling: number): Promise<number> {
    const awaited = this.wanted !== undefined && (this.after === undefined || this.after < this.wanted);
    await this.sleep(awaited ? settling : POLL_MS);
    return awaited ? Math.min(settling * 2, SETTLING_MS.most) : SETTLING_MS.first;
  }

  private async untilDone<T>(work: () => Promise<T>): Promise<T | undefined> {
    for (let wait: number = RETRY_MS.first; !this.stopping; wait = Math.min(wait * 2, RETRY_MS.most)) {
      try {
        return await work();
      } catch (error) {
        this.options.onError?.(error);
        await this.sleepUnlessStopped(wait);
      }
    }
    return undefined;
  }

  /** Announcements must not shorten the delay after a failure. */
  private async sleepUnlessStopped(ms: number): Promise<void> {
    const until = performance.now() + ms;
    while (!this.stopping && performance.now() < until) await this.sleep(until - performance.now());
  }

  private sleep(ms: number): Promise<void> {
    if (this.stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
