import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { AdapterPayload } from 'oidc-provider';

interface Kept {
  readonly payload: AdapterPayload;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** Beyond this many, the oldest go first: nobody can fill the memory by beginning sign-ins. */
const LIMIT = 10_000;
const WRITE_AFTER_MS = 200;
/** What a sign-in leaves behind; attempts, which anybody can begin, are not worth a write. */
const LASTING = ['Session:', 'Grant:', 'RefreshToken:'];

/**
 * What the provider remembers between requests, bounded; with a file, over a restart too. The file is written a
 * moment after a change: a crash in between costs somebody a sign-in, and nothing else.
 */
export class Memory {
  private readonly kept: Map<string, Kept>;
  private pending: NodeJS.Timeout | undefined;

  /** @param file for its owner only. @throws when it is there and not readable as JSON */
  constructor(private readonly file: string | undefined) {
    this.kept = new Map(file === undefined ? [] : entriesIn(file));
  }

  get(key: string): AdapterPayload | undefined {
    const entry = this.kept.get(key);
    return entry && entry.expires > Date.now() ? entry.payload : undefined;
  }

  /** Whatever of a kind fits and has not expired. */
  *all(kind: string): Generator<readonly [key: string, payload: AdapterPayload]> {
    for (const [key, { payload, expires }] of this.kept)
      if (key.startsWith(kind) && expires > Date.now()) yield [key, payload];
  }

  set(key: string, payload: AdapterPayload, lastsSeconds: number): void {
    this.kept.delete(key);
    this.kept.set(key, { payload, expires: Date.now() + lastsSeconds * 1000 });
    for (const [oldest, { expires }] of this.kept) {
      if (this.kept.size <= LIMIT && expires > Date.now()) break;
      this.kept.delete(oldest);
    }
    this.changed(key);
  }

  delete(key: string): void {
    if (this.kept.delete(key)) this.changed(key);
  }

  /** To be told when a payload itself was changed. */
  changed(key: string): void {
    if (this.file === undefined || !isLasting(key)) return;
    this.pending ??= setTimeout(() => this.flush(), WRITE_AFTER_MS);
  }

  /** Writes what waits to be written. */
  flush(): void {
    if (this.file === undefined || this.pending === undefined) return;
    clearTimeout(this.pending);
    this.pending = undefined;
    try {
      write(this.file, JSON.stringify([...this.kept].filter(([key]) => isLasting(key))));
    } catch {
      // A full disk must not end the process; the next change tries again.
    }
  }
}

const isLasting = (key: string): boolean => LASTING.some((kind) => key.startsWith(kind));

function entriesIn(file: string): (readonly [string, Kept])[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as (readonly [string, Kept])[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Either the old content or the new, never half. */
function write(path: string, text: string): void {
  const unfinished = `${path}.${process.pid}`;
  const file = openSync(unfinished, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
}
