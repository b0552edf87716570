import { isHoliday } from '@holiday-jp/holiday_jp';

/** Calendar date in Japan, `YYYY-MM-DD`. */
export type JapaneseDate = string;

const JST_OFFSET_MS = 9 * 3_600_000;
const DAY_MS = 86_400_000;
const SUNDAY = 0;
const SATURDAY = 6;

/** Office hours that clocks in hours run in, Japan Standard Time. */
const OPENS = 9;
const CLOSES = 17;

/** The date in Japan at an instant (RFC 3339). Japan has no daylight saving time. */
export const dateInJapan = (instant: string): JapaneseDate =>
  new Date(Date.parse(instant) + JST_OFFSET_MS).toISOString().slice(0, 10);

/** Neither weekend, national holiday (国民の祝日に関する法律) nor the year-end closing of 29 December to 3 January. */
export function isBusinessDay(date: JapaneseDate): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  const weekday = day.getUTCDay();
  return weekday !== SATURDAY && weekday !== SUNDAY && !isYearEnd(date) && !isHoliday(asLocalDate(date));
}

/** The date `count` business days after `date`; 0 is `date` itself, or the next business day when it is none. */
export function addBusinessDays(date: JapaneseDate, count: number): JapaneseDate {
  let day = nextBusinessDay(date);
  for (let left = count; left > 0; left -= 1) day = nextBusinessDay(addDays(day, 1));
  return day;
}

export const addDays = (date: JapaneseDate, days: number): JapaneseDate =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** Whole days from one date to another; negative when `to` is earlier. */
export const daysBetween = (from: JapaneseDate, to: JapaneseDate): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);

/** Business days after `from` up to and including `to`; 0 when `to` is not later. */
export function businessDaysBetween(from: JapaneseDate, to: JapaneseDate): number {
  let count = 0;
  for (let day = addDays(from, 1); day <= to; day = addDays(day, 1)) if (isBusinessDay(day)) count += 1;
  return count;
}

/** Close of business on the `days`-th business day after the day of `instant`; RFC 3339 in UTC. */
export const businessDeadline = (instant: string, days: number): string =>
  inJapan(addBusinessDays(dateInJapan(instant), days), CLOSES);

/** `hours` of office time (09:00 to 17:00 on business days) after `instant`; RFC 3339 in UTC. */
export function addBusinessHours(instant: string, hours: number): string {
  let left = hours * 3_600_000;
  let at = Date.parse(instant);
  for (let day = dateInJapan(instant); ; day = addDays(day, 1)) {
    if (!isBusinessDay(day)) continue;
    const opens = Date.parse(inJapan(day, OPENS));
    const closes = Date.parse(inJapan(day, CLOSES));
    at = Math.max(at, opens);
    if (at + left <= closes) return new Date(at + left).toISOString();
    left -= Math.max(0, closes - at);
  }
}

const inJapan = (date: JapaneseDate, hour: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + hour * 3_600_000 - JST_OFFSET_MS).toISOString();

const nextBusinessDay = (date: JapaneseDate): JapaneseDate => {
  let day = date;
  while (!isBusinessDay(day)) day = addDays(day, 1);
  return day;
};

const isYearEnd = (date: JapaneseDate): boolean => date.slice(5) >= '12-29' || date.slice(5) <= '01-03';

/** The holiday table compares local calendar fields. */
const asLocalDate = (date: JapaneseDate): Date =>
  new Date(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10)));
