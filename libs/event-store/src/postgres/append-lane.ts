import { RevisionConflict } from '@tsunagu/event-sourcing';
import type { Appended } from '@tsunagu/event-sourcing';
import type { Append, AppendMany } from './append-statement';
import { delay, isPassing, violates } from './failures';

/** Beyond this a larger batch no longer pays, and a small append waits too long behind it. */
const MAX_EVENTS = 256;
/** A restart of PostgreSQL takes about a second; whoever waits longer is better told. */
const RETRY_AFTER_MS = [20, 100, 400, 1500] as const;

interface Waiting extends Append {
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

interface LaneOptions {
  readonly appendMany: AppendMany;
  /** What the first append of these events answered, when the stream holds them all. */
  readonly held: (append: Append) => Promise<Appended | undefined>;
  readonly onCommit: (appended: Appended) => void;
}

/**
 * One statement at a time. Appends that arrive while one is in flight ride the next together; alone, an append goes at
 * once. Two appends to one stream never share a statement, since the second must see what became of the first.
 */
export class AppendLane {
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;

  constructor(private readonly options: LaneOptions) {}

  append(append: Append): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ ...append, resolve, reject });
      this.running ??= this.run();
    });
  }

  async drained(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) await this.write(this.nextBatch());
    this.running = undefined;
  }

  /** Sorted by stream, so that two processes never wait for each other's streams in a circle. */
  private nextBatch(): readonly Waiting[] {
    const batch = new Map<string, Waiting>();
    const left: Waiting[] = [];
    let events = 0;
    for (const append of this.waiting) {
      const fits = batch.size === 0 || events + append.events.length <= MAX_EVENTS;
      if (fits && !batch.has(append.stream)) {
        batch.set(append.stream, append);
        events += append.events.length;
      } else left.push(append);
    }
    this.waiting = left;
    return [...batch.values()].sort((a, b) => (a.stream < b.stream ? -1 : 1));
  }

  private async write(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.persistently(() => this.options.appendMany(batch));
      const settling = batch.map((append, n) => this.settle(append, outcomes[n]));
      await Promise.all(settling);
    } catch (error) {
      if (batch.length > 1 && !isPassing(error)) await this.writeEachAlone(batch);
      else for (const append of batch) await this.fail(append, error);
    }
  }

  /** One append of the batch broke it; the others must not suffer. */
  private async writeEachAlone(batch: readonly Waiting[]): Promise<void> {
    for (const append of batch) await this.write([append]);
  }

  private async settle(append: Waiting, outcome: Appended | undefined): Promise<void> {
    if (outcome) {
      append.resolve(outcome);
      this.options.onCommit(outcome);
      return;
    }
    try {
      const appended = await this.persistently(() => this.options.held(append));
      if (appended) append.resolve(appended);
      else append.reject(new RevisionConflict(append.stream, append.expected < 0 ? 'no-stream' : append.expected));
    } catch (error) {
      append.reject(error);
    }
  }

  /** Another process took the revision between our probe and our insert: an ordinary conflict. */
  private async fail(append: Waiting, error: unknown): Promise<void> {
    if (violates(error, 'events_revision')) await this.settle(append, undefined);
    else append.reject(error);
  }

  /** Repeating is safe even when the answer was lost after the commit: the ids are then already held. */
  private async persistently<T>(work: () => Promise<T>): Promise<T> {
    for (const wait of RETRY_AFTER_MS) {
      try {
        return await work();
      } catch (error) {
        if (!isPassing(error)) throw error;
        await delay(wait);
      }
    }
    return work();
  }
}
