import type { RecordedEvent } from '@tsunagu/event-sourcing';
import type { EntityTarget } from 'typeorm';

/**
 * A read model as a fold over one flat TypeORM entity: the same shape as an aggregate's evolve.
 * Pure; rebuilt from zero it gives the same rows. `Event` is a RecordedEvent for a service's own log,
 * a CloudEvent for what comes over the bus.
 */
export interface ReadModel<Row extends object, Event> {
  /** Names the checkpoint. */
  readonly name: string;
  readonly entity: EntityTarget<Row>;
  /** Primary keys of the rows this event changes; none when it changes nothing here. */
  readonly keysOf: (event: Event) => readonly string[];
  /**
   * The row after the event; undefined removes it; the same object when nothing changed. Declared as a method, so that
   * models of different rows fit one list.
   */
  evolve(row: Row | undefined, event: Event, key: string): Row | undefined;
}

/** @param model name of the read model that folds the events */
export type Around = (model: string, events: readonly RecordedEvent[], work: () => Promise<void>) => Promise<void>;
