import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore, Position, RecordedEvent, StreamName } from '@tsunagu/event-sourcing';

/** A log that takes events as they are: with the revision and the server time that they have already. */
export interface CopyTarget {
  readonly store: EventStore;
  /** Next events of the log, in its order. All of them or, after a failure, the first ones; never twice. */
  add(events: readonly RecordedEvent[]): Promise<void>;
}

export interface Copied {
  readonly events: number;
  readonly streams: number;
  /** Of those, how many an earlier copy had brought. */
  readonly alreadyThere: number;
  /** SHA-256 over the canonical bytes of all events, in the order of the log; the same for both logs. */
  readonly sha256: string;
  /** Where the positions that were asked for stand in the copy; those that are the copy's already stay as they are. */
  readonly positions: ReadonlyMap<Position, Position>;
}

export type OnProgress = (step: 'comparing' | 'copying' | 'verifying', events: number) => void;

export interface CopyOptions {
  readonly onProgress?: OnProgress;
  /** Positions of the source, or of the target, such as the checkpoints of those who read the log. */
  readonly follow?: ReadonlySet<Position>;
}

/** The target is no copy of the source, complete or not. */
export class LogsDiffer extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LogsDiffer';
  }
}

const PAGE = 500;
const PATIENCE_MS = 30_000;
const AGAIN_MS = 200;

/** All that a log says about an event but its position, which is each store's own. */
export const canonicalBytes = (event: RecordedEvent): string =>
  JSON.stringify([
    event.stream,
    event.revision,
    event.id,
    event.type,
    event.schemaVersion,
    event.recordedAt,
    event.data,
    event.metadata,
  ]);

/**
 * Copies what the target lacks, then reads both logs from their beginning and compares every event. Run again after an
 * interruption, or when the source has grown, it goes on where the target ends.
 * @throws LogsDiffer when the target holds anything else, before it writes
 */
export async function copyLog(
  from: EventStore,
  to: CopyTarget,
  { onProgress = () => undefined, follow = new Set() }: CopyOptions = {},
): Promise<Copied> {
  const before = await compare(from, to.store, new Followed(follow), (events) => onProgress('comparing', events));
  let copied = before.events;
  for await (const page of pagesOf(from, before.last)) {
    await to.add(page);
    copied += page.length;
    onProgress('copying', copied);
  }
  const followed = new Followed(follow);
  const after = await whole(from, to.store, followed, (events) => onProgress('verifying', events));
  return {
    events: after.events,
    streams: after.streams,
    alreadyThere: before.events,
    sha256: after.sha256,
    positions: followed.positions(),
  };
}

interface Comparison {
  readonly events: number;
  readonly streams: number;
  readonly sha256: string;
  readonly complete: boolean;
  /** Where the source stands at the last event that both hold. */
  readonly last: Position | undefined;
}

/** A store may show its newest events only when older transactions in its database have ended. */
async function whole(
  from: EventStore,
  to: EventStore,
  followed: Followed,
  onEvents: (events: number) => void,
): Promise<Comparison> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const comparison = await compare(from, to, followed, onEvents);
    if (comparison.complete) return comparison;
    if (performance.now() > deadline) {
      throw new LogsDiffer(
        `The copy shows ${comparison.events} events and the source more. Was the source written to meanwhile? Run the copy again.`,
      );
    }
    await delay(AGAIN_MS);
  }
}

/** @throws LogsDiffer unless the target is the beginning of the source, each stream without a gap */
async function compare(
  from: EventStore,
  to: EventStore,
  followed: Followed,
  onEvents: (events: number) => void,
): Promise<Comparison> {
  const hash = createHash('sha256');
  const revisions = new Map<StreamName, number>();
  let events = 0;
  let last: Position | undefined;
  const tally = (complete: boolean): Comparison => ({
    events,
    streams: revisions.size,
    sha256: hash.digest('hex'),
    complete,
    last,
  });
  const copies = eventsOf(to);
  for await (const event of eventsOf(from)) {
    const copy = await copies.next();
    if (copy.done) return tally(false);
    const bytes = canonicalBytes(event);
    if (bytes !== canonicalBytes(copy.value)) {
      throw new LogsDiffer(
        `Event ${events + 1} is ${nameOf(event)} in the source, and in the target it is ${nameOf(copy.value)}, or has other content.`,
      );
    }
    if (event.revision !== (revisions.get(event.stream) ?? -1) + 1) {
      throw new LogsDiffer(`The source is out of order at ${nameOf(event)}.`);
    }
    revisions.set(event.stream, event.revision);
    hash.update(bytes);
    followed.pass(event.position, copy.value.position);
    last = event.position;
    events += 1;
    if (events % PAGE === 0) onEvents(events);
  }
  if (!(await copies.next()).done)
    throw new LogsDiffer(`The target holds more than the ${events} events of the source.`);
  onEvents(events);
  return tally(true);
}

/** What becomes of some positions when their events are copied. */
class Followed {
  private readonly moved = new Map<Position, Position>();
  private readonly arrived = new Set<Position>();

  constructor(private readonly asked: ReadonlySet<Position>) {}

  pass(source: Position, copy: Position): void {
    if (this.asked.has(source)) this.moved.set(source, copy);
    if (this.asked.has(copy)) this.arrived.add(copy);
  }

  /** @throws LogsDiffer on a position that no event has, or that could be either log's */
  positions(): ReadonlyMap<Position, Position> {
    const found = [...this.asked].map((position): [Position, Position] => {
      const [moved, arrived] = [this.moved.get(position), this.arrived.has(position)];
      if (moved !== undefined && arrived) throw new LogsDiffer(`Position ${position} is in both logs, of two events.`);
      if (moved === undefined && !arrived) throw new LogsDiffer(`Position ${position} is in neither log.`);
      return [position, moved ?? position];
    });
    return new Map(found);
  }
}

const nameOf = ({ stream, revision, type }: RecordedEvent): string => `${type} at ${stream}@${revision}`;

async function* eventsOf(store: EventStore): AsyncGenerator<RecordedEvent, void> {
  for await (const page of pagesOf(store, undefined)) yield* page;
}

async function* pagesOf(
  store: EventStore,
  start: Position | undefined,
): AsyncGenerator<readonly RecordedEvent[], void> {
  for (let after = start; ;) {
    const page = await store.readAll({ ...(after && { after }), limit: PAGE });
    if (page.length === 0) return;
    yield page;
    after = page.at(-1)?.position;
  }
}
