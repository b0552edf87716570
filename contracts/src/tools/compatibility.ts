import type { Finding } from './findings';
import { included } from './inclusion';
import type { Schema } from './json-schema';

/** Both sides of one version of a contract. */
export interface Contract {
  /** What a producer promises to send: closed (`io: 'output'`). */
  readonly produced: Schema;
  /** What a consumer accepts: tolerant of more (`io: 'input'`). */
  readonly accepted: Schema;
}

export interface Break extends Finding {
  readonly who: string;
}

const breaks = (who: string, findings: readonly Finding[]): readonly Break[] =>
  findings.map((one) => ({ who, ...one }));

/**
 * Events outlive their writers and their readers: new code reads what is stored, old code meets what new code writes
 * during a roll-out. Both must hold within one version; else the event needs the next version.
 */
export const eventBreaks = (released: Contract, current: Contract): readonly Break[] => [
  ...breaks('the new consumer of an old event', included(released.produced, current.accepted)),
  ...breaks('the old consumer of a new event', included(current.produced, released.accepted)),
];

/** A caller written against the released request must still be understood. */
export const requestBreaks = (released: Contract, current: Contract): readonly Break[] =>
  breaks('the new service on an old request', included(released.accepted, current.accepted));

/** A caller written against the released answer must still understand it. */
export const responseBreaks = (released: Contract, current: Contract): readonly Break[] =>
  breaks('the old caller of a new answer', included(current.produced, released.accepted));
