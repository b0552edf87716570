import { type OpeningHours, type Schedule, weekdays } from '@tsunagu/contracts';
import { clausesOf } from './clauses';
import { readClause, type Understood } from './hours-clauses';
import { parseDays, spanOf } from './times';

/** The cells that speak of opening hours, as typed; any may be empty. */
export interface HoursCells {
  readonly days?: string | null | undefined;
  readonly opens?: string | null | undefined;
  readonly closes?: string | null | undefined;
  readonly notes?: readonly (string | null | undefined)[] | undefined;
}

/**
 * A weekly schedule from the cells of a row. Only what is certain becomes hours; every clause that was not
 * understood stays in `conditions`, and all that was typed in `text`. Null when the cells are empty.
 */
export function parseHours(cells: HoursCells): Schedule | null {
  const text = asTyped(cells);
  if (text === null) return null;
  const known: Understood = {
    days: null,
    spans: null,
    own: new Map(),
    closed: new Set(),
    always: false,
    holidays: null,
    closures: [],
    conditions: [],
  };
  const clauses = [...readColumns(cells, known), ...(cells.notes ?? []).flatMap((note) => clausesOf(note ?? ''))];
  clauses.forEach((clause) => readClause(clause, known));
  return {
    weekly: weeklyOf(known),
    holidays: known.holidays,
    closures: known.closures,
    dates: [],
    text,
    conditions: known.conditions,
  };
}

function asTyped({ days, opens, closes, notes = [] }: HoursCells): string | null {
  const times = [opens, closes].filter((time) => time).join('～');
  const parts = [days, times, ...notes].filter((part): part is string => Boolean(part?.trim()));
  return parts.length > 0 ? parts.map((part) => part.trim()).join('\n') : null;
}

/** The columns for days, beginning and end; what else was typed into them comes back as clauses. */
function readColumns({ days, opens, closes }: HoursCells, known: Understood): readonly string[] {
  const clauses: string[] = [];
  const [dayList, ...dayNotes] = clausesOf(days ?? '');
  const named = dayList === undefined ? null : parseDays(dayList);
  if (named) {
    known.days = named.days;
    if (named.holidays) known.holidays = 'as-usual';
  } else if (dayList !== undefined) clauses.push(dayList);
  const [from = '', ...fromNotes] = timeThenRemarks(opens ?? '');
  const [until = '', ...untilNotes] = timeThenRemarks(closes ?? '');
  const span = spanOf(from, until);
  if (span) known.spans = [span];
  else clauses.push(...[from, until].filter(Boolean));
  return [...clauses, ...dayNotes, ...fromNotes, ...untilNotes];
}

/** `17:00(最終受付16:30)`: a remark in brackets behind the time. */
const timeThenRemarks = (typed: string): readonly string[] => {
  const [first = '', ...more] = clausesOf(typed);
  const [, time, remark] = /^([^()]*\d分?)\s*\((.+)\)$/.exec(first) ?? [];
  return time !== undefined && remark !== undefined ? [time, remark, ...more] : [first, ...more];
};

/** Days that the row names, else every day when something says so (無休, or a weekly day off); else none. */
function weeklyOf(known: Understood): OpeningHours[] {
  const base = known.days ?? (known.always || (known.closed.size > 0 && known.spans) ? weekdays : []);
  if (base.length === 0 && known.spans)
    known.conditions.push(known.spans.map(({ opens, closes }) => `${opens}~${closes}`).join('、'));
  const named =
    known.own.size > 0 && known.days === null && known.spans === null
      ? [...known.own.keys()]
      : [...base, ...known.own.keys()];
  const open = weekdays.filter((day) => named.includes(day) && !known.closed.has(day));
  const bySpans = new Map<string, OpeningHours[]>();
  for (const day of open) {
    const spans = known.own.get(day) ?? known.spans ?? [];
    const key = JSON.stringify(spans);
    const same = bySpans.get(key);
    if (same) same.forEach((hours) => hours.days.push(day));
    else
      bySpans.set(
        key,
        spans.map((span) => ({ days: [day], ...span })),
      );
  }
  return [...bySpans.values()].flat();
}
