import holidayJp from '@holiday-jp/holiday_jp';

/** Japan keeps one offset all year (JST, UTC+9). */
const JST_MS = 9 * 3_600_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Opening hours of a municipal office, minutes after midnight JST. */
const OPENS = 8 * 60 + 30;
const CLOSES = 17 * 60 + 15;

/** Calendar date in Japan, `YYYY-MM-DD`. */
export const dateInJapan = (instant: string): string => dateAt(Date.parse(instant) + JST_MS);

/** Calendar month in Japan, `YYYY-MM`. */
export const monthInJapan = (instant: string): string => dateInJapan(instant).slice(0, 7);

const dateAt = (shiftedMs: number): string => new Date(shiftedMs).toISOString().slice(0, 10);

const isHoliday = (day: string): boolean => Object.hasOwn(holidayJp.holidays, day);

/** Offices rest on Saturdays, Sundays, national holidays and 29 December to 3 January (Local Autonomy Act, Art. 4-2). */
export function isBusinessDay(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  const monthDay = day.slice(5);
  const newYear = monthDay >= '12-29' || monthDay <= '01-03';
  return weekday !== 0 && weekday !== 6 && !newYear && !isHoliday(day);
}

/** The instant when offices close on the n-th business day after the day of `from`. */
export function closeOfBusinessDay(from: string, n: number): string {
  let day = Date.parse(`${dateInJapan(from)}T00:00:00Z`);
  for (let left = n; left > 0;) {
    day += DAY_MS;
    if (isBusinessDay(dateAt(day))) left -= 1;
  }
  return atMinute(day, CLOSES);
}

/** The instant when offices have been open for `minutes` since `from`. */
export function afterBusinessMinutes(from: string, minutes: number): string {
  const shifted = Date.parse(from) + JST_MS;
  let day = Math.floor(shifted / DAY_MS) * DAY_MS;
  let minute = Math.max(OPENS, Math.ceil((shifted - day) / MINUTE_MS));
  for (let left = minutes; ; day += DAY_MS, minute = OPENS) {
    if (!isBusinessDay(dateAt(day)) || minute >= CLOSES) continue;
    if (minute + left <= CLOSES) return atMinute(day, minute + left);
    left -= CLOSES - minute;
  }
}

export const afterMinutes = (from: string, minutes: number): string =>
  new Date(Date.parse(from) + minutes * MINUTE_MS).toISOString();

const atMinute = (dayMs: number, minute: number): string => new Date(dayMs + minute * MINUTE_MS - JST_MS).toISOString();
