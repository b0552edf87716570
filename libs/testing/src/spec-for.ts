import { Rejection } from '@tsunagu/event-sourcing';
import type { Decider, DomainEvent } from '@tsunagu/event-sourcing';

interface Outcome<Event> {
  /** Exactly these events, in this order. */
  then(...expected: readonly Event[]): void;
  /** Refused with this code. */
  thenRejected(code: string): void;
  /** Accepted, and there was nothing to change. */
  thenNothing(): void;
}

interface Given<Command, Event> {
  when(command: Command): Outcome<Event>;
}

/**
 * Events in, events out: `given(drafted).when(send).then(sent)`. History, state and command are frozen, so a decider
 * that changes what it was handed fails its spec.
 */
export function specFor<Command, Event extends DomainEvent, State>(
  decider: Decider<Command, Event, State>,
): (...history: readonly Event[]) => Given<Command, Event> {
  const stateAfter = (history: readonly Event[]): State =>
    history.reduce((state, event) => frozen(decider.evolve(state, frozen(event))), frozen(decider.initial));

  return (...history) => ({
    when: (command) => {
      const decide = (): readonly Event[] => decider.decide(frozen(command), stateAfter(history));
      return {
        then: (...expected) => expect(decide()).toEqual(expected),
        thenNothing: () => expect(decide()).toEqual([]),
        thenRejected: (code) => expect(rejectionOf(decide)).toBe(code),
      };
    },
  });
}

function rejectionOf(decide: () => readonly DomainEvent[]): string {
  try {
    return `not rejected, but decided ${JSON.stringify(decide())}`;
  } catch (error) {
    if (error instanceof Rejection) return error.code;
    throw error;
  }
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
