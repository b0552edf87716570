import {
  BACKWARDS,
  END,
  FORWARDS,
  NO_STREAM,
  START,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import type { EventData, EventStoreDBClient, Position as LogPosition } from '@eventstore/db-client';
import { RevisionConflict } from '@tsunagu/event-sourcing';
import type {
  Appended,
  ExpectedRevision,
  NewEvent,
  Position,
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
  StreamName,
} from '@tsunagu/event-sourcing';
import { nameIn, proposed, recorded } from './event';
import { persistently } from './failures';
import { KnownIds } from './known-ids';
import { isKnown, pairOf, positionOf } from './position';
import { readFiltered } from './server';

/** Larger reads come in pages, so that a line that breaks costs one page and not the whole read. */
const PAGE = 1000;

/** Appending to one service's log, and reading it. */
export class KurrentLog {
  private readonly ids = new KnownIds((stream, from) => this.readStream(stream, { from }));

  /** @throws Error on a prefix that another service's could begin with, or that the server would read as its own */
  constructor(
    readonly client: EventStoreDBClient,
    private readonly prefix: string,
  ) {
    if (!/^[a-z][a-z0-9_]*$/.test(prefix)) throw new Error(`not a prefix of streams: ${prefix}`);
  }

  /** `recordedAt` only when events are copied from another store. */
  async append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    recordedAt: readonly string[] = [],
  ): Promise<Appended> {
    if (events.length === 0) throw new Error(`an append to ${stream} needs at least one event`);
    const repeats = expected !== 'no-stream' && (await this.ids.find(stream, events, expected)).some(isNumber);
    const appended = repeats
      ? undefined
      : await this.write(
          stream,
          expected,
          events.map((event, n) => proposed(event, recordedAt[n])),
        );
    const answer = appended ?? (await this.held(stream, events));
    if (!answer) throw new RevisionConflict(stream, expected);
    const first = answer.revision - events.length + 1;
    this.ids.learn(
      stream,
      events.map(({ id }, n) => ({ id, revision: first + n })),
    );
    return answer;
  }

  async readStream(stream: StreamName, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    const { direction = 'forwards', from, limit = Number.POSITIVE_INFINITY } = options;
    const events: RecordedEvent[] = [];
    const step = direction === 'forwards' ? 1 : -1;
    for (let next = from; events.length < limit && (next === undefined || next >= 0);) {
      const count = Math.min(PAGE, limit - events.length);
      const page = await persistently(() => this.pageOf(stream, direction, next, count));
      events.push(...page);
      const last = page.at(-1);
      if (!last || page.length < count) break;
      next = last.revision + step;
    }
    if (direction === 'forwards') this.ids.learn(stream, events);
    return events;
  }

  async readAll({ after, limit }: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for (let last = after; events.length < limit;) {
      const count = Math.min(PAGE, limit - events.length);
      const page = await persistently(() => this.pageAfter(last, count));
      events.push(...page);
      if (page.length < count) break;
      last = page.at(-1)?.position;
    }
    return events;
  }

  async head(): Promise<Position | undefined> {
    const [last] = await persistently(() => this.filtered({ direction: BACKWARDS, from: END, count: 1 }));
    return last?.position;
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }

  /** Undefined on a conflict. */
  private async write(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly EventData[],
  ): Promise<Appended | undefined> {
    const options = {
      expectedRevision: expected === 'no-stream' ? NO_STREAM : BigInt(expected),
      requiresLeader: true,
    } as const;
    try {
      const written = await persistently(() =>
        this.client.appendToStream(nameIn(this.prefix, stream), [...events], options),
      );
      // A connection string may ask for this answer instead of an error; its revision is then not to be trusted.
      if (!written.success) return undefined;
      const revision = Number(written.nextExpectedRevision);
      return { revision, position: await this.positionAt(stream, revision, written.position) };
    } catch (error) {
      if (error instanceof WrongExpectedVersionError) return undefined;
      throw error;
    }
  }

  /** What the append answered the first time, when its stream holds every one of its events. */
  private async held(stream: StreamName, events: readonly NewEvent[]): Promise<Appended | undefined> {
    const revisions = (await this.ids.find(stream, events)).filter(isNumber);
    if (revisions.length < events.length) return undefined;
    const revision = Math.max(...revisions);
    return { revision, position: await this.positionAt(stream, revision) };
  }

  /** A server that recognises a repeat does not always know its position any more. */
  private async positionAt(stream: StreamName, revision: number, answered?: LogPosition): Promise<Position> {
    if (isKnown(answered)) return positionOf(answered);
    const [event] = await this.readStream(stream, { from: revision, limit: 1 });
    if (!event) throw new Error(`${stream} has lost revision ${revision}`);
    return event.position;
  }

  private async pageOf(
    stream: StreamName,
    direction: 'forwards' | 'backwards',
    from: number | undefined,
    count: number,
  ): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    const [way, end] = direction === 'forwards' ? ([FORWARDS, START] as const) : ([BACKWARDS, END] as const);
    const options = {
      direction: way,
      fromRevision: from === undefined ? end : BigInt(from),
      maxCount: count,
      requiresLeader: true,
    };
    try {
      for await (const resolved of this.client.readStream(nameIn(this.prefix, stream), options)) {
        events.push(recorded(this.prefix, resolved));
      }
    } catch (error) {
      if (!(error instanceof StreamNotFoundError)) throw error;
    }
    return events;
  }

  /** The server begins with the event at the position itself. */
  private async pageAfter(after: Position | undefined, count: number): Promise<readonly RecordedEvent[]> {
    if (after === undefined) return this.filtered({ direction: FORWARDS, from: START, count });
    const page = await this.filtered({ direction: FORWARDS, from: pairOf(after), count: count + 1 });
    return page.filter(({ position }) => position > after).slice(0, count);
  }

  private async filtered(page: Parameters<typeof readFiltered>[2]): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const resolved of readFiltered(this.client, `${this.prefix}.`, page)) {
      events.push(recorded(this.prefix, resolved));
    }
    return events;
  }
}

const isNumber = (revision: number | undefined): revision is number => revision !== undefined;
