import type { Decider, Upcast } from './decider';
import type { DomainEvent } from './event';

interface Versioned {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: object;
}

const upcastsOf = (decider: { readonly upcasts?: object }, type: string): readonly Upcast[] =>
  (decider.upcasts as Readonly<Record<string, readonly Upcast[]>> | undefined)?.[type] ?? [];

/** Version that new events of this type are recorded with: 1 plus the number of its upcasts. */
export const schemaVersionOf = (decider: { readonly upcasts?: object }, type: string): number =>
  1 + upcastsOf(decider, type).length;

/**
 * A stored event as the current code knows it.
 * @throws Error when it was written by newer code than this
 */
export function upcast<Command, Event extends DomainEvent, State>(
  decider: Pick<Decider<Command, Event, State>, 'upcasts'>,
  stored: Versioned,
): Event {
  const steps = upcastsOf(decider, stored.type);
  if (stored.schemaVersion > 1 + steps.length) {
    throw new Error(`${stored.type} v${stored.schemaVersion} is newer than this code; deploy the newer version first`);
  }
  const data = steps
    .slice(stored.schemaVersion - 1)
    .reduce((old, step) => step(old), stored.data as Readonly<Record<string, unknown>>);
  return { type: stored.type, data } as unknown as Event;
}
