import { holidays as holidayTable } from '@holiday-jp/holiday_jp';
import { type DatedHours, type Schedule, type Weekday, weekdays } from '@tsunagu/contracts';

/** A wall-clock moment where the directory is. */
export interface LocalMoment {
  /** `2026-11-24` */
  readonly date: string;
  /** `10:30` */
  readonly time: string;
}

/** `unless`: open by the hours that were understood, but the text sets conditions that were not. */
export type Opening = 'open' | 'unless' | 'closed' | 'unknown';

const ZONE = 'Asia/Tokyo';
const wallClock = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short', timeStyle: 'short' });

/** An RFC 3339 instant, or a local moment as it is. */
export function localMoment(moment: string): LocalMoment {
  const isInstant = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(moment);
  const local = isInstant ? wallClock.format(new Date(moment)) : moment;
  return { date: local.slice(0, 10), time: local.slice(11, 16) };
}

/** Is it open then? Never guesses: hours that the source does not give are `unknown`. */
export function openingAt(schedule: Schedule | null, at: LocalMoment): Opening {
  if (!schedule) return 'unknown';
  if (schedule.dates.length > 0) return datedOpening(schedule, at);
  const today = weeklyOpening(schedule, at.date, at.time);
  const [hour = '00', minute = '00'] = at.time.split(':');
  const yesterday = weeklyOpening(schedule, dayBefore(at.date), `${Number(hour) + 24}:${minute}`);
  const open = [today, yesterday].find((opening) => opening === 'open');
  return withConditions(schedule, open ?? today);
}

export const isHoliday = (date: string): boolean => date in holidayTable;

export function weekdayOf(date: string): Weekday {
  const monday = 1;
  const day = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekdays[(day - monday + 7) % 7] as Weekday;
}

function weeklyOpening(schedule: Schedule, date: string, time: string): Opening {
  if (schedule.closures.some(({ from, until }) => within(date, from, until))) return 'closed';
  if (isHoliday(date) && schedule.weekly.length > 0) {
    const { holidays } = schedule;
    if (holidays === 'closed') return 'closed';
    if (holidays === null && (usuallyOpen(schedule, date, time) || schedule.conditions.length > 0)) return 'unknown';
    if (holidays === null) return 'closed';
    if (holidays !== 'as-usual') return holidays.some((span) => covers(span, time)) ? 'open' : 'closed';
  }
  if (schedule.weekly.length === 0) return 'unknown';
  return usuallyOpen(schedule, date, time) ? 'open' : 'closed';
}

const usuallyOpen = (schedule: Schedule, date: string, time: string): boolean =>
  schedule.weekly.some((hours) => hours.days.includes(weekdayOf(date)) && covers(hours, time));

function datedOpening(schedule: Schedule, { date, time }: LocalMoment): Opening {
  const today = schedule.dates.filter((dated) => within(date, dated.from, dated.until) && rightYear(dated, date));
  if (today.length === 0) return 'closed';
  const timed = today.filter(({ opens, closes }) => opens !== null && closes !== null);
  if (timed.some((hours) => covers({ opens: hours.opens ?? '', closes: hours.closes ?? '' }, time))) {
    return withConditions(schedule, 'open');
  }
  return timed.length === today.length ? 'closed' : 'unknown';
}

/** A year that the source leaves out is the one in which the dates fall on the weekdays it names. */
function rightYear({ from, until, fromDay, untilDay }: DatedHours, asked: string): boolean {
  if (!from.startsWith('--')) return true;
  const wraps = from > until;
  const year = Number(asked.slice(0, 4));
  const firstYear = wraps && asked.slice(5) <= until.slice(2) ? year - 1 : year;
  const falls = (day: string, inYear: number, on: Weekday | null): boolean =>
    on === null || weekdayOf(`${inYear}${day.slice(1)}`) === on;
  return falls(from, firstYear, fromDay) && falls(until, wraps ? firstYear + 1 : firstYear, untilDay);
}

/** Inclusive; `--12-29` to `--01-03` passes the turn of the year. */
function within(date: string, from: string, until: string): boolean {
  if (!from.startsWith('--')) return from <= date && date <= until;
  const day = `--${date.slice(5)}`;
  return from <= until ? from <= day && day <= until : day >= from || day <= until;
}

const covers = ({ opens, closes }: { readonly opens: string; readonly closes: string }, time: string): boolean =>
  opens <= time && time < closes;

const withConditions = (schedule: Schedule, opening: Opening): Opening =>
  opening === 'open' && schedule.conditions.length > 0 ? 'unless' : opening;

function dayBefore(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}
