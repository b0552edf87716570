import type { Position, ReadAllOptions, RecordedEvent } from '@tsunagu/event-sourcing';
import type { Reader } from './reader';

const KEPT_EVENTS = 1000;

/**
 * Reads the log for all subscriptions of this process. Those that ask for the same at once share one statement, and one
 * that is a little behind another gets what that one has just read: settled events never change, nor does their order.
 */
export class LogTail {
  /** Everything after `from` that has been read, without a gap. */
  private tail: { readonly from: Position | undefined; readonly events: readonly RecordedEvent[] } | undefined;
  private readonly reading = new Map<string, Promise<readonly RecordedEvent[]>>();

  constructor(private readonly reader: Reader) {}

  async readAll(options: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    const held = this.heldAfter(options);
    if (held.length > 0) return held;
    const asked = `${options.after ?? ''}/${options.limit}`;
    const reading = this.reading.get(asked) ?? this.read(options).finally(() => this.reading.delete(asked));
    this.reading.set(asked, reading);
    return reading;
  }

  private heldAfter({ after, limit }: ReadAllOptions): readonly RecordedEvent[] {
    const { from, events } = this.tail ?? { from: undefined, events: [] };
    if (from !== undefined && (after === undefined || after < from)) return [];
    let first = events.length;
    while (first > 0 && isAfter(events[first - 1], after)) first -= 1;
    return events.slice(first, first + limit);
  }

  private async read(options: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    const read = await this.reader.readAll(options);
    const end = this.tail?.events.at(-1)?.position;
    if (!this.tail || isAfter(read.at(-1), end)) {
      const before = this.tail && end === options.after ? this.tail : { from: options.after, events: [] };
      const events = [...before.events, ...read];
      const dropped = events.length - KEPT_EVENTS;
      this.tail = { from: events[dropped - 1]?.position ?? before.from, events: events.slice(Math.max(0, dropped)) };
    }
    return read;
  }
}

const isAfter = (event: RecordedEvent | undefined, position: Position | undefined): boolean =>
  event !== undefined && (position === undefined || event.position > position);
