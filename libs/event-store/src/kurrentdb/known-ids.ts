import type { NewEvent, RecordedEvent, StreamName } from '@tsunagu/event-sourcing';

/** About 10 MB. */
const MOST_IDS = 100_000;

interface Known {
  readonly revisions: Map<string, number>;
  /** Every id up to this revision is known. */
  upTo: number;
}

/**
 * Ids of the events at the beginning of streams. The server recognises a repeat only behind the expected revision; at
 * the stream's end it would write the same ids again. What lies before a revision never changes, so whatever was loaded
 * once answers for ever, and a command that has just loaded its stream asks the server nothing more.
 */
export class KnownIds {
  private readonly streams = new Map<StreamName, Known>();
  private size = 0;

  constructor(private readonly read: (stream: StreamName, from: number) => Promise<readonly RecordedEvent[]>) {}

  learn(stream: StreamName, events: readonly { readonly id: string; readonly revision: number }[]): void {
    const known = this.streams.get(stream) ?? { revisions: new Map<string, number>(), upTo: -1 };
    this.streams.delete(stream);
    this.streams.set(stream, known);
    for (const { id, revision } of events) {
      if (revision !== known.upTo + 1) continue;
      known.revisions.set(id.toLowerCase(), revision);
      known.upTo = revision;
      this.size += 1;
    }
    this.forgetOldest(stream);
  }

  /** Where each of these events stands in the stream, as far as `upTo` (default: to its end); undefined: it does not. */
  async find(
    stream: StreamName,
    events: readonly NewEvent[],
    upTo = Number.POSITIVE_INFINITY,
  ): Promise<readonly (number | undefined)[]> {
    let known = this.streams.get(stream);
    if ((known?.upTo ?? -1) < upTo) {
      this.learn(stream, await this.read(stream, (known?.upTo ?? -1) + 1));
      known = this.streams.get(stream);
    }
    return events.map(({ id }) => known?.revisions.get(id.toLowerCase()));
  }

  /** The stream at hand stays, however long. */
  private forgetOldest(current: StreamName): void {
    for (const [stream, { revisions }] of this.streams) {
      if (this.size <= MOST_IDS || stream === current) return;
      this.streams.delete(stream);
      this.size -= revisions.size;
    }
  }
}
