import type { ImportRecord } from '@tsunagu/contracts';

/** Where a row stands: the line of a CSV file, or the place in a JSON document (`contents/3`). */
export interface Origin {
  readonly file: string;
  readonly line: number | string;
}

/** A record for the directory with the rows it was made of; a publisher is made of none in particular. */
export interface Entry {
  readonly record: ImportRecord;
  readonly origins: readonly Origin[];
}

export interface Refused extends Origin {
  readonly code: string;
  readonly reason: string;
}

/** What one source file (or joined folder) holds. Every row is the origin of an entry, or refused. */
export interface Reading {
  readonly layout: string;
  readonly entries: readonly Entry[];
  readonly refused: readonly Refused[];
}
