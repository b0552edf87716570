import { EventEmitter } from 'node:events';

export interface StoredEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  /** Place in `$all`; the server's commit and prepare position are both this. */
  readonly position: bigint;
  readonly metadata: ReadonlyMap<string, string>;
  readonly customMetadata: Uint8Array;
  readonly data: Uint8Array;
}

export type Proposed = Pick<StoredEvent, 'id' | 'metadata' | 'customMetadata' | 'data'>;

export type Outcome =
  | { readonly kind: 'written' | 'repeated'; readonly last: StoredEvent }
  | { readonly kind: 'wrong-version'; readonly current: number };

/** 1601 years before Unix time, in .NET's ticks of 100 ns. */
const TICKS_PER_MS = 10_000n;

/**
 * What the server keeps, and how it decides about an append: as KurrentDB's IndexWriter.CheckCommit does for an explicit
 * expected version. Ids are compared only behind the expected version; at the stream's end they are not looked at.
 */
export class MemoryLog {
  readonly all: StoredEvent[] = [];
  readonly streams = new Map<string, StoredEvent[]>();
  readonly grown = new EventEmitter().setMaxListeners(0);
  private position = 0n;

  /** `expected` -1: no stream. */
  append(stream: string, expected: number, proposed: readonly Proposed[]): Outcome {
    const events = this.streams.get(stream) ?? [];
    const current = events.length - 1;
    if (expected > current) return { kind: 'wrong-version', current };
    if (expected < current) {
      const there = events.slice(expected + 1, expected + 1 + proposed.length);
      const last = there.at(-1);
      const same = there.length === proposed.length && there.every(({ id }, n) => id === proposed[n]?.id);
      return same && last ? { kind: 'repeated', last } : { kind: 'wrong-version', current };
    }
    const created = String(BigInt(Date.now()) * TICKS_PER_MS);
    for (const event of proposed) {
      this.position += 64n + BigInt(event.data.length + event.customMetadata.length);
      const metadata = new Map([...event.metadata, ['created', created]]);
      events.push({ ...event, metadata, stream, revision: events.length, position: this.position });
    }
    this.streams.set(stream, events);
    this.all.push(...events.slice(current + 1));
    this.grown.emit('grown');
    const last = events.at(-1);
    if (!last) throw new Error('an append without events');
    return { kind: 'written', last };
  }
}
