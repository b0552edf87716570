import type { DatedHours, Weekday } from '@tsunagu/contracts';
import { plain } from './text';
import { parseDays } from './times';

interface Day {
  /** `2026-08-23` or, without a year, `--08-23`. */
  readonly day: string;
  readonly on: Weekday | null;
}

/** First years of the eras; 令和元年 is 2019. */
const ERAS: Readonly<Record<string, number>> = { 令和: 2019, R: 2019, 平成: 1989, H: 1989, 昭和: 1926, S: 1926 };
const YEAR = String.raw`(?:(\d{4})[年/.-] ?|(令和|平成|昭和|[RHS])\.?(元|\d{1,2})[年/.-] ?)?`;
const ON = String.raw`(?: ?\(([月火水木金土日])(?:曜日?)?(?:[・、,/]?(?:祝日?|休日?|振替休日?))?\))?`;
const DAY = new RegExp(String.raw`^${YEAR}(?:(\d{1,2})(?:月|[/.-]) ?)?(\d{1,2})日?${ON}$`);
const ISO_MIDNIGHT = /T00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?$/;

/** One calendar day; `like` lends year and month to a day that names none (`8月13日~15日`). */
function parseDay(typed: string, like?: Day): Day | null {
  const found = DAY.exec(typed.replace(ISO_MIDNIGHT, '').trim());
  if (!found) return null;
  const [, western, era, eraYear, monthDigits, dayDigits, letter] = found;
  const [, lentYear = NO_YEAR, lentMonth] = like?.day.match(/^(\d{4}|-)-(\d{2})/) ?? [];
  const month = Number(monthDigits ?? lentMonth);
  const year = western ?? westernYear(era, eraYear) ?? (monthDigits ? NO_YEAR : lentYear);
  if (!exists(year, month, Number(dayDigits))) return null;
  const on = parseDays(letter ?? '')?.days[0] ?? null;
  return { day: `${year}-${String(month).padStart(2, '0')}-${String(dayDigits).padStart(2, '0')}`, on };
}

const NO_YEAR = '-';

function westernYear(era: string | undefined, typed: string | undefined): string | undefined {
  const first = ERAS[era ?? ''];
  return first === undefined ? undefined : String(first + (typed === '元' ? 1 : Number(typed)) - 1);
}

/** 29 February counts as existing where no year is named (2024 was a leap year). */
function exists(year: string, month: number, date: number): boolean {
  const day = new Date(Date.UTC(year === NO_YEAR ? 2024 : Number(year), month - 1, date));
  return day.getUTCMonth() === month - 1 && day.getUTCDate() === date;
}

type Stretch = Pick<DatedHours, 'from' | 'until' | 'fromDay' | 'untilDay'>;

function parseStretch(typed: string, like?: Day): Stretch | null {
  const [first = '', last, ...more] = typed.replace(/翌年の?/g, '').split(/ ?(?:~|から) ?/);
  if (more.length > 0) return null;
  const from = parseDay(first.trim(), like);
  const until = last === undefined ? from : parseDay(last.replace(/ ?まで$/, '').trim(), from ?? undefined);
  if (!from || !until) return null;
  const ends = until.day.startsWith('-') && !from.day.startsWith('-') ? inYearOf(from, until) : until.day;
  return { from: from.day, until: ends, fromDay: from.on, untilDay: until.on };
}

/** An end without a year comes after its beginning. */
function inYearOf(from: Day, until: Day): string {
  const year = Number(from.day.slice(0, 4));
  return `${until.day.slice(2) < from.day.slice(5) ? year + 1 : year}${until.day.slice(1)}`;
}

/** A later date without a year comes after the one before it, which may have one. */
function afterYearOf(before: Stretch, stretch: Stretch): Stretch {
  if (before.from.startsWith('-') || !stretch.from.startsWith('-')) return stretch;
  const from = inYearOf({ day: before.from, on: null }, { day: stretch.from, on: null });
  return { ...stretch, from, until: inYearOf({ day: from, on: null }, { day: stretch.until, on: null }) };
}

/** `12/29~1/3`, `12月29日から翌年の1月3日まで`, `1月1日`; null when it is anything else. */
export function parseDayRange(typed: string): { from: string; until: string } | null {
  const stretch = parseStretch(plain(typed));
  return stretch && { from: stretch.from, until: stretch.until };
}

/** The days of an event; null when any part of the cell is not understood. */
export function parseDates(typed: string): readonly Stretch[] | null {
  const text = plain(typed).replace(/\n/g, ' ').trim();
  const pieces = text.split(/[、,](?![^()]*\)) ?|(?<=[日)]) (?=\d)/).map((piece) => piece.trim());
  const found: Stretch[] = [];
  for (const piece of pieces) {
    const before = found.at(-1);
    const stretch = parseStretch(piece, before && { day: before.from, on: null });
    if (!stretch) return null;
    found.push(before ? afterYearOf(before, stretch) : stretch);
  }
  return found.length > 0 ? found : null;
}
