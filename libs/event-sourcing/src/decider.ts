import type { DomainEvent } from './event';

/**
 * An illegal command. `code` is stable, kebab-case and part of the contract; the message is one sentence that
 * a caseworker understands and never holds personal data.
 */
export class Rejection extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** The request field to change, where one is at fault. */
    readonly field?: string,
  ) {
    super(message);
    this.name = 'Rejection';
  }
}

/** Lifts the data of one stored version to the next. Pure. */
export type Upcast = (stored: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/**
 * Chassaing's Decider: all of an aggregate's behaviour as three pure values. Time, randomness, decisions of other
 * services and sealed text arrive inside the command, as facts.
 */
export interface Decider<Command, Event extends DomainEvent, State> {
  /** Stream category; no hyphen. */
  readonly category: string;
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
  /** @throws Rejection when the command is illegal in this state. No events: nothing to change. */
  readonly decide: (command: Command, state: State) => readonly Event[];
  /**
   * Current schema version of event types that are past version 1, with the upcast from each earlier version:
   * `{ NeedRecorded: [v1ToV2, v2ToV3] }` says that NeedRecorded is at version 3.
   */
  readonly upcasts?: { readonly [Type in Event['type']]?: readonly Upcast[] };
}

export const never = (value: never): never => {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
};
