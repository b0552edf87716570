import { START, streamNameFilter } from '@eventstore/db-client';
import type {
  AllStreamResolvedEvent,
  AllStreamSubscription,
  EventStoreDBClient,
  Position as LogPosition,
} from '@eventstore/db-client';
import type { RecordedEvent, SubscribeOptions, Subscription } from '@tsunagu/event-sourcing';
import { recorded } from './event';
import { pairOf } from './position';

type OnBatch = (events: readonly RecordedEvent[]) => Promise<void>;

/** How far the server has searched, when nothing of ours was on the way. */
interface Checkpoint {
  readonly checkpoint: LogPosition;
}
type Item = AllStreamResolvedEvent | Checkpoint;

const RETRY_MS = { first: 50, most: 10_000 } as const;
/** Every this many times 32 events of others. */
const CHECKPOINT_INTERVAL = 4;

/**
 * Follows one service's part of `$all` for ever. The client ends a subscription for good when the server goes away; this
 * starts another behind the last event that was handed over, so nothing is skipped and nothing comes twice.
 */
export class LogSubscription implements Subscription {
  private after: LogPosition | undefined;
  private stopping = false;
  private retryMs: number = RETRY_MS.first;
  private wake: () => void = () => undefined;
  private readonly finished: Promise<void>;

  constructor(
    private readonly client: EventStoreDBClient,
    private readonly prefix: string,
    private readonly options: SubscribeOptions,
    private readonly onBatch: OnBatch,
  ) {
    this.after = options.after && pairOf(options.after);
    this.finished = this.run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.finished;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      const line = this.open();
      try {
        await this.follow(line);
      } catch (error) {
        await this.failed(error);
      } finally {
        await line.unsubscribe().catch(() => undefined);
        line.destroy();
      }
    }
  }

  /** A checkpoint is put in line behind the events that came before it: nobody may resume past what is still in hand. */
  private open(): AllStreamSubscription {
    const { batchSize = 500 } = this.options;
    const filter = streamNameFilter({
      prefixes: [`${this.prefix}.`],
      checkpointInterval: CHECKPOINT_INTERVAL,
      checkpointReached: (line, checkpoint) => void line.push({ checkpoint } satisfies Checkpoint),
    });
    return this.client.subscribeToAll({ fromPosition: this.after ?? START, filter }, { highWaterMark: batchSize });
  }

  /** @throws what ended the line, once its server is gone */
  private async follow(line: AllStreamSubscription): Promise<void> {
    let ended: Error | undefined;
    line.on('error', (error) => {
      ended = error;
      this.wake();
    });
    line.on('end', () => {
      ended ??= new Error('the server ended the subscription');
      this.wake();
    });
    line.on('readable', () => this.wake());
    while (!this.stopping) {
      const items = take(line, this.options.batchSize ?? 500);
      if (items.length > 0) await this.handOver(items);
      else if (ended) throw ended;
      else await this.sleep();
    }
  }

  private async handOver(items: readonly Item[]): Promise<void> {
    const events = items.flatMap((item) => ('checkpoint' in item ? [] : [recorded(this.prefix, item)]));
    if (events.length > 0 && !(await this.done(events))) return;
    const last = items.at(-1);
    if (last) this.after = 'checkpoint' in last ? last.checkpoint : last.event?.position;
    this.retryMs = RETRY_MS.first;
  }

  /** The same batch again until it succeeds; false when the subscription was stopped before. */
  private async done(events: readonly RecordedEvent[]): Promise<boolean> {
    while (!this.stopping) {
      try {
        await this.onBatch(events);
        return true;
      } catch (error) {
        await this.failed(error);
      }
    }
    return false;
  }

  private async failed(error: unknown): Promise<void> {
    if (this.stopping) return;
    this.options.onError?.(error);
    const until = performance.now() + this.retryMs;
    this.retryMs = Math.min(this.retryMs * 2, RETRY_MS.most);
    while (!this.stopping && performance.now() < until) await this.sleep(until - performance.now());
  }

  /** Until there is something new, or, when a time is given, at most that long. */
  private sleep(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** What has arrived, without waiting. */
function take(line: AllStreamSubscription, most: number): Item[] {
  const items: Item[] = [];
  while (items.length < most) {
    const item = line.read() as Item | null;
    if (item === null) break;
    items.push(item);
  }
  return items;
}
