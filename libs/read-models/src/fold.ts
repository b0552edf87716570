import type { ReadModel } from './read-model';

export interface Changes<Row> {
  readonly kept: readonly Row[];
  readonly removed: readonly string[];
}

/** The keys of each event, and all of them once. */
export function keysOfAll<Row extends object, Event>(
  model: ReadModel<Row, Event>,
  events: readonly Event[],
): { readonly perEvent: readonly (readonly string[])[]; readonly all: readonly string[] } {
  const perEvent = events.map((event) => {
    const keys = model.keysOf(event);
    return keys.length < 2 ? keys : [...new Set(keys)];
  });
  return { perEvent, all: [...new Set(perEvent.flat())] };
}

/** Folds events over the rows they touch; what is left to write are the rows that are no longer the same object. */
export function fold<Row extends object, Event>(
  model: ReadModel<Row, Event>,
  before: ReadonlyMap<string, Row>,
  events: readonly Event[],
  perEvent: readonly (readonly string[])[],
): Changes<Row> {
  const after = new Map<string, Row | undefined>();
  events.forEach((event, n) => {
    for (const key of perEvent[n] ?? []) {
      const row = after.has(key) ? after.get(key) : before.get(key);
      after.set(key, model.evolve(row, event, key));
    }
  });
  const kept: Row[] = [];
  const removed: string[] = [];
  for (const [key, row] of after) {
    if (row === undefined) {
      if (before.has(key)) removed.push(key);
    } else if (row !== before.get(key)) kept.push(row);
  }
  return { kept, removed };
}
