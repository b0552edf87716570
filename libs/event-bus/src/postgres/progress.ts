import type { Claim, Place, Step, Tables } from './tables';

/** Twenty statements a second for all groups of a service, however many events they handle. */
const SAVE_EVERY_MS = 50;

interface Unsaved extends Step {
  readonly overtaken: () => void;
}

/**
 * Saves where the groups of one bus have got, all of them by one statement, and no oftener than needed. What a crash
 * leaves unsaved comes again, and the inbox knows it.
 */
export class Progress {
  private unsaved = new Map<Claim, Unsaved>();
  private saving: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private savedAt = 0;
  private closed = false;

  constructor(
    private readonly tables: Tables,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** @param overtaken called when a later claim has taken the partition over */
  reached(group: string, claim: Claim, place: Place, overtaken: () => void): void {
    this.unsaved.set(claim, { group, claim, place, overtaken });
    this.saveSoon();
  }

  /** Settles when everything that was reached is saved. @throws what the statement failed with; it can be tried again */
  save(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const saved = this.saving.then(() => this.write());
    this.saving = saved.catch(() => undefined);
    return saved;
  }

  /** What is not saved by then comes again. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private saveSoon(): void {
    if (this.closed) return;
    const wait = Math.max(0, this.savedAt + SAVE_EVERY_MS - Date.now());
    this.timer ??= setTimeout(() => void this.save().catch(this.onError), wait);
  }

  private async write(): Promise<void> {
    const steps = this.unsaved;
    if (steps.size === 0) return;
    this.unsaved = new Map();
    this.savedAt = Date.now();
    try {
      const held = await this.tables.commit([...steps.values()]);
      for (const { claim, overtaken } of steps.values()) if (!held.has(claim)) overtaken();
    } catch (error) {
      this.unsaved = new Map([...steps, ...this.unsaved]);
      this.saveSoon();
      throw error;
    }
  }
}
