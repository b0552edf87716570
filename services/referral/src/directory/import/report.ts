import { importOutcomes, type ImportOutcome, type ImportResult } from '@tsunagu/contracts';
import type { Failure, SourceFile, Sources } from './read-files';
import type { Entry, Origin, Refused } from './reading';

type Counts = { readonly rows: number } & { readonly [O in ImportOutcome]: number };

export interface Report {
  /** `rows` = imported + updated + unchanged + rejected. */
  readonly counts: Counts;
  readonly files: readonly (SourceFile & Counts)[];
  readonly rejected: readonly Refused[];
  /** Files and folders that could not be read at all. */
  readonly errors: readonly Failure[];
}

/** The strongest outcome of the records that a row became part of stands for the row. */
const STRENGTH: readonly ImportOutcome[] = ['unchanged', 'updated', 'imported', 'rejected'];
const placeOf = ({ file, line }: Origin): string => `${file}\n${line}`;

/** What became of every row. */
export function reportOf(
  sources: Sources,
  entries: readonly Entry[],
  refused: readonly Refused[],
  results: ReadonlyMap<string, ImportResult>,
): Report {
  const outcomes = new Map<string, ImportOutcome>();
  const rejected = new Map(refused.map((row) => [placeOf(row), row]));
  for (const { record, origins } of entries) {
    const {
      outcome,
      code = 'not-sent',
      reason = 'The server gave no answer for it.',
    } = results.get(record.id) ?? { outcome: 'rejected' };
    for (const origin of origins) {
      const place = placeOf(origin);
      const before = outcomes.get(place) ?? 'unchanged';
      outcomes.set(place, STRENGTH.indexOf(outcome) > STRENGTH.indexOf(before) ? outcome : before);
      if (outcome === 'rejected' && !rejected.has(place)) rejected.set(place, { ...origin, code, reason });
    }
  }
  rejected.forEach((_, place) => outcomes.set(place, 'rejected'));
  const files = sources.files.map((file) => ({ ...file, ...countsOf(file.file, outcomes) }));
  const sum = (key: keyof Counts): number => files.reduce((total, file) => total + file[key], 0);
  return {
    counts: {
      rows: sum('rows'),
      imported: sum('imported'),
      updated: sum('updated'),
      unchanged: sum('unchanged'),
      rejected: sum('rejected'),
    },
    files,
    rejected: [...rejected.values()],
    errors: sources.failures,
  };
}

function countsOf(file: string, outcomes: ReadonlyMap<string, ImportOutcome>): Omit<Counts, 'rows'> {
  const own = [...outcomes].filter(([place]) => place.startsWith(`${file}\n`)).map(([, outcome]) => outcome);
  const count = (outcome: ImportOutcome): number => own.filter((one) => one === outcome).length;
  return {
    imported: count('imported'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    rejected: count('rejected'),
  };
}

/** The report for people, at the end of a run. */
export function summaryOf({ counts, files, rejected, errors }: Report): string {
  const line = (name: string, of: Counts): string =>
    `${name}: ${of.rows} rows = ${importOutcomes.map((outcome) => `${of[outcome]} ${outcome}`).join(' + ')}`;
  return [
    ...files.filter(({ rows }) => rows > 0).map((file) => `  ${line(file.file, file)}  (${file.layout})`),
    ...rejected.slice(0, SHOWN).map(({ file, line: at, reason }) => `  rejected  ${file}:${at}  ${reason}`),
    ...(rejected.length > SHOWN ? [`  … and ${rejected.length - SHOWN} more; --report writes them all`] : []),
    ...errors.map(({ file, message }) => `  error     ${file}: ${message}`),
    line('total', counts),
  ].join('\n');
}
const SHOWN = 20;
