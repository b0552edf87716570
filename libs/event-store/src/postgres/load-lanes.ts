import type { LoadedEvent, StreamName } from '@tsunagu/event-sourcing';

/** With more, groups get smaller and everything slower; with one, a long stream would hold up all others. */
const LANES = 2;
const MOST_STREAMS = 64;

interface Waiting {
  readonly stream: StreamName;
  readonly resolve: (events: readonly LoadedEvent[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Streams that are asked for while statements are under way ride the next one together; alone, a load goes at once. */
export class LoadLanes {
  private waiting: Waiting[] = [];
  private underWay = 0;

  constructor(
    private readonly loadMany: (
      streams: readonly StreamName[],
    ) => Promise<ReadonlyMap<StreamName, readonly LoadedEvent[]>>,
  ) {}

  load(stream: StreamName): Promise<readonly LoadedEvent[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ stream, resolve, reject });
      if (this.underWay < LANES) void this.next();
    });
  }

  private async next(): Promise<void> {
    this.underWay += 1;
    while (this.waiting.length > 0) await this.answer(this.waiting.splice(0, MOST_STREAMS));
    this.underWay -= 1;
  }

  private async answer(batch: readonly Waiting[]): Promise<void> {
    try {
      const loaded = await this.loadMany([...new Set(batch.map(({ stream }) => stream))]);
      for (const { stream, resolve } of batch) resolve(loaded.get(stream) ?? []);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
