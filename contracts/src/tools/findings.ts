import type { Schema } from './json-schema';

/** One reason why a value valid for one schema may not be valid for the other. */
export interface Finding {
  /** JSON Pointer into the value. */
  readonly path: string;
  readonly code: FindingCode;
  readonly message: string;
}

export type FindingCode =
  | 'unknown-keyword'
  | 'unresolved-reference'
  | 'not-decidable'
  | 'type'
  | 'enum'
  | 'format'
  | 'pattern'
  | 'bounds'
  | 'required'
  | 'property'
  | 'no-branch';

export interface Comparison {
  readonly subRoot: Schema;
  readonly supRoot: Schema;
  /** Pairs of references already assumed while following a cycle. */
  readonly assumed: ReadonlySet<string>;
  readonly path: string;
}

export const finding = ({ path }: Comparison, code: FindingCode, message: string): Finding[] => [
  { path, code, message },
];
export const below = (at: Comparison, step: string | number): Comparison => ({ ...at, path: `${at.path}/${step}` });
