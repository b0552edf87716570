import type { DatedHours, Schedule } from '@tsunagu/contracts';
import { clausesOf } from './clauses';
import { parseDates } from './dates';
import { plain } from './text';
import { parseTime, type Span, spanOf } from './times';

export interface EventCells {
  /** One cell for all dates, or a first and a last date. */
  readonly dates?: string | null | undefined;
  readonly firstDate?: string | null | undefined;
  readonly lastDate?: string | null | undefined;
  readonly opens?: string | null | undefined;
  readonly closes?: string | null | undefined;
  readonly notes?: readonly (string | null | undefined)[] | undefined;
}

/** When an event takes place. Dates or times that were not understood stay as conditions; null when nothing is told. */
export function parseEventHours(cells: EventCells): Schedule | null {
  const dateCell = cells.dates ?? ([cells.firstDate, cells.lastDate].filter(Boolean).join('～') || null);
  const times = [cells.opens, cells.closes].filter(Boolean).join('～');
  const typed = [dateCell, times, ...(cells.notes ?? [])].filter((part): part is string => Boolean(part?.trim()));
  if (typed.length === 0) return null;
  const [dateText, dateConditions] = remarksOf(dateCell ?? '');
  const stretches = parseDates(dateText);
  const [sessions, timeConditions] = sessionsOf(cells.opens ?? '', cells.closes ?? '');
  const dates: DatedHours[] = (stretches ?? []).flatMap((stretch) =>
    sessions.map((session) => ({ ...stretch, ...session })),
  );
  return {
    weekly: [],
    holidays: null,
    closures: [],
    dates,
    text: typed.map((part) => part.trim()).join('\n'),
    conditions: [
      ...(stretches || dateText === '' ? [] : [dateText]),
      ...dateConditions,
      ...timeConditions,
      ...(cells.notes ?? []).flatMap((note) => clausesOf(note ?? '')),
    ],
  };
}

/** What stands before the first ※, and the remarks behind it. */
function remarksOf(typed: string): readonly [string, readonly string[]] {
  const [main = '', ...remarks] = plain(typed).split('※');
  return [main.replace(/\n/g, ' ').trim(), remarks.map((remark) => remark.replace(/\n/g, ' ').trim()).filter(Boolean)];
}

type Session = { readonly opens: string | null; readonly closes: string | null };
const NO_TIMES: readonly Session[] = [{ opens: null, closes: null }];

/** Several sessions are typed one to a line, often numbered; beginnings and ends are paired in order. */
function sessionsOf(opens: string, closes: string): readonly [readonly Session[], readonly string[]] {
  const [from, fromRemarks] = timesOf(opens);
  const [until, untilRemarks] = timesOf(closes);
  const remarks = [...fromRemarks, ...untilRemarks];
  if (from === null || until === null)
    return [NO_TIMES, [...timeText(opens, from), ...timeText(closes, until), ...remarks]];
  if (from.length === 0) return [NO_TIMES, [...timeText(closes, until.length > 0 ? null : until), ...remarks]];
  if (until.length === 0) return [from.map((time) => ({ opens: parseTime(time), closes: null })), remarks];
  const spans = from.length === until.length ? from.map((time, n) => spanOf(time, until[n] ?? '')) : [null];
  if (spans.some((span) => span === null)) return [NO_TIMES, [plain(`${opens}~${closes}`).replace(/\n/g, ' ')]];
  return [spans.filter((span): span is Span => span !== null), remarks];
}

const timeText = (typed: string, times: readonly string[] | null): readonly string[] =>
  times === null ? [plain(typed).replace(/\n/g, ' ')] : [];

/** The times in a cell, with the remarks behind them; null when there is anything else. */
function timesOf(typed: string): readonly [readonly string[] | null, readonly string[]] {
  const [beforeMark, marked] = remarksOf(typed);
  const [, main = beforeMark, bracket] = /^([^()]*\d)\s*\((\D.*)\)$/.exec(beforeMark) ?? [];
  const times = main
    .replace(/\(\d{1,2}\)/g, ' ')
    .split(/\s+/)
    .filter(Boolean);
  if (times.some((time) => parseTime(time) === null)) return [null, []];
  return [times, [...(bracket ? [bracket] : []), ...marked]];
}
