export interface ProgressOptions<Step> {
  /** Saves all of them by one call. */
  readonly write: (steps: readonly Step[]) => Promise<void>;
  /** Shortest time between two calls, in ms. */
  readonly everyMs: number;
  /** Told of calls that failed; they are made again. */
  readonly onError: (error: unknown) => void;
}

/**
 * Saves how far consumers have got, each place only where it stands last, and no oftener than needed. What a crash
 * leaves unsaved comes again, and the inbox knows it.
 */
export class Progress<Key, Step> {
  private unsaved = new Map<Key, Step>();
  private saving: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private savedAt = 0;
  private closed = false;
  /** Counts how often it was forgotten: what was reached before is not for this one to save. */
  turn = 0;

  constructor(private readonly options: ProgressOptions<Step>) {}

  reached(key: Key, step: Step): void {
    this.unsaved.set(key, step);
    this.saveSoon();
  }

  /** Settles when everything that was reached is saved. @throws what the call failed with; it can be made again */
  save(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const saved = this.saving.then(() => this.write());
    this.saving = saved.catch(() => undefined);
    return saved;
  }

  /** Somebody else goes on from what is saved. */
  forget(): void {
    this.turn += 1;
    this.unsaved.clear();
  }

  /** What is not saved by then comes again. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private saveSoon(): void {
    if (this.closed) return;
    const wait = Math.max(0, this.savedAt + this.options.everyMs - performance.now());
    this.timer ??= setTimeout(() => void this.save().catch(this.options.onError), wait);
  }

  private async write(): Promise<void> {
    const { unsaved: steps, turn } = this;
    if (steps.size === 0) return;
    this.unsaved = new Map();
    this.savedAt = performance.now();
    try {
      await this.options.write([...steps.values()]);
    } catch (error) {
      if (turn === this.turn) {
        this.unsaved = new Map([...steps, ...this.unsaved]);
        this.saveSoon();
      }
      throw error;
    }
  }
}
