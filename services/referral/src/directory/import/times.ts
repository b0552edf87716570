import { type Weekday, weekdays } from '@tsunagu/contracts';
import { plain } from './text';

/** One clock time in plain text: `9:00`, `9時30分`, `9時半`, `午後6時`, `正午`, `24:00`, `翌2:00`, `09:30:00`. */
export const TIME = String.raw`(?:翌日?)?(?:午前|午後|AM|PM)? ?(?:正午|\d{1,2}(?::\d{2}(?::\d{2})?|時(?:半|\d{1,2}分)?))`;
export const RANGE = String.raw`${TIME} ?(?:~|-|から|より) ?${TIME}(?:まで)?`;

/** `HH:MM`, or null where it is no time of day. */
export function parseTime(typed: string): string | null {
  const text = plain(typed).replace(/\s/g, '').replace(/まで$/, '');
  const found = /^(翌日?)?(午前|午後|AM|PM)?(?:(正午)|(\d{1,2})(?::(\d{2})(?::\d{2})?|時(?:(半)|(\d{1,2})分)?))$/i.exec(
    text,
  );
  if (!found) return null;
  const [, nextDay, half, noon, hourDigits, colonMinutes, halfPast, minuteDigits] = found;
  const minute = halfPast ? 30 : Number(colonMinutes ?? minuteDigits ?? 0);
  const afternoon = half !== undefined && /午後|PM/i.test(half);
  const hour = (noon ? 12 : Number(hourDigits)) + (afternoon && Number(hourDigits) < 12 ? 12 : 0) + (nextDay ? 24 : 0);
  if (minute > 59 || hour > 30 || (hour === 30 && minute > 0)) return null;
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

export interface Span {
  readonly opens: string;
  readonly closes: string;
}

/** From a beginning to an end; an end before the beginning is on the next day. Null: not two times in order. */
export function spanOf(from: string, until: string): Span | null {
  const [opens, closes] = [parseTime(from), parseTime(until)];
  if (opens === null || closes === null || opens === closes) return null;
  return opens < closes ? { opens, closes } : nextDay(opens, closes);
}

/** Late evening into the early hours is one opening; a morning that ends the morning before is a mistake. */
function nextDay(opens: string, closes: string): Span | null {
  if (opens < '12:00' || closes > '06:00') return null;
  return { opens, closes: `${Number(closes.slice(0, 2)) + 24}${closes.slice(2)}` };
}

/** All spans of `9:00~12:00、13:00~17:00`; null when there is anything else in it. */
export function parseSpans(text: string): readonly Span[] | null {
  const found = plain(text).match(new RegExp(RANGE, 'gi')) ?? [];
  const left = plain(text).replace(new RegExp(RANGE, 'gi'), '');
  if (found.length === 0 || !/^[\s、,・/とおよび及びまたは]*$/.test(left)) return null;
  const spans = found.map((one) => {
    const [from = '', until = ''] = one.split(/ ?(?:~|-|から|より) ?/);
    return spanOf(from, until);
  });
  return spans.some((span) => span === null) ? null : (spans as readonly Span[]);
}

const LETTERS = '月火水木金土日';
const JOINTS = String.raw`[\s、,・/·と]*`;

export interface Days {
  readonly days: readonly Weekday[];
  /** 祝 was named beside the weekdays. */
  readonly holidays: boolean;
}

const WORDS: Readonly<Record<string, string>> = {
  毎日: '月~日',
  全曜日: '月~日',
  全日: '月~日',
  平日: '月~金',
  週末: '土日',
};
const WORD = new RegExp(Object.keys(WORDS).join('|'), 'g');
const LIST = new RegExp(
  `^(?:(?:[${LETTERS}](?:曜日?)?(?:(?:~|-|から)[${LETTERS}](?:曜日?)?)?|祝日?|祝祭日|休日|国民の祝日)${JOINTS})+$`,
);
const PART = new RegExp(
  `(祝日?|祝祭日|休日|国民の祝日)|([${LETTERS}])(?:曜日?)?(?:(?:~|-|から)([${LETTERS}])(?:曜日?)?)?`,
  'g',
);

/** `月火水`, `月～金`, `月・水・金曜日`, `平日`, `土日祝`; null when it is not a list of weekdays. */
export function parseDays(typed: string): Days | null {
  const list = plain(typed)
    .replace(/[\s()]/g, '')
    .replace(WORD, (word) => WORDS[word] ?? word);
  if (!LIST.test(list)) return null;
  const days = new Set<Weekday>();
  let holidays = false;
  for (const [, holiday, from, until] of list.matchAll(PART)) {
    if (holiday) holidays = true;
    else stretch(LETTERS.indexOf(from ?? ''), LETTERS.indexOf(until ?? from ?? '')).forEach((day) => days.add(day));
  }
  return { days: weekdays.filter((day) => days.has(day)), holidays };
}

/** From one weekday to another, round the end of the week: 土～月. */
function stretch(from: number, until: number): readonly Weekday[] {
  const length = ((until - from + 7) % 7) + 1;
  return Array.from({ length }, (_, n) => weekdays[(from + n) % 7] as Weekday);
}
