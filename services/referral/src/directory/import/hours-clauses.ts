import type { Schedule, Weekday } from '@tsunagu/contracts';
import { itemsOf } from './clauses';
import { parseDayRange } from './dates';
import { parseDays, parseSpans, parseTime, RANGE, type Span, TIME } from './times';

/** What has been understood so far. */
export interface Understood {
  days: readonly Weekday[] | null;
  spans: readonly Span[] | null;
  readonly own: Map<Weekday, readonly Span[]>;
  readonly closed: Set<Weekday>;
  /** Every day unless a clause takes it away: 無休, 24時間. */
  always: boolean;
  holidays: Schedule['holidays'];
  readonly closures: Schedule['closures'];
  readonly conditions: string[];
}

const CLOSED = String.raw`(?:終日)?(?:休館日?|休業日?|休所日?|休園日?|休室日?|定休日?|閉館日?|閉所日?|休み|お休み|休|利用(?:は)?(?:不可|できません)|除く|除きます|開館しません)(?:です|とする|となります)?`;
const CLOSES_ON = new RegExp(String.raw`^(.+?)(?:は|が|を|も)?、?${CLOSED}$`);
const CLOSED_DAYS_ARE = /^(?:休館日|休業日|定休日|休所日|休園日|閉館日|休み|休日)(?:は| ?: ?| )(.+?)(?:です)?$/;
const HOURS_ARE =
  /^(?:(?:利用可能|開館|開所|営業|利用|受付|開設|開園|相談|対応)?(?:時間|日時|日)?(?:は| ?: ?| )?)?(.+?)$/;
/** When one is received is not when it is open, where the row tells both. */
const RECEPTION = /^(?:受付|相談|対応)/;
const ROUND_THE_CLOCK = /^(?:年中無休)?[、・ ]?(?:24時間)(?:365日)?(?:対応|営業|受付|利用可|開館|体制)?$/;
const NEVER_CLOSED = /^(?:年中)?無休$/;
const HOLIDAYS_OPEN = /^(?:祝日|休日|祝祭日|祝日も)(?:は|も)?(?:開館|営業|開所|利用可)(?:\((.+)\))?$/;
const UNTIL = new RegExp(String.raw`^(.+?)(?:は|のみ)? ?(${TIME}) ?(?:まで|閉館|終了)$`, 'i');
const ON_DAYS = new RegExp(String.raw`^([^\d]+?)(?:のみ)?(?:は| ?: ?| )? ?((?:${RANGE}[\s、,・/]*)+)$`, 'i');

type Rule = (clause: string, known: Understood) => boolean;

const rules: readonly Rule[] = [
  (clause, known) => {
    if (!ROUND_THE_CLOCK.test(clause)) return false;
    known.spans = [{ opens: '00:00', closes: '24:00' }];
    known.always = true;
    known.holidays = 'as-usual';
    return true;
  },
  (clause, known) => {
    if (!NEVER_CLOSED.test(clause)) return false;
    known.always = true;
    known.holidays = 'as-usual';
    return true;
  },
  (clause, known) => {
    const found = HOLIDAYS_OPEN.exec(clause);
    const spans = found?.[1] ? parseSpans(found[1]) : null;
    if (!found || (found[1] && !spans)) return false;
    known.holidays = spans ? [...spans] : 'as-usual';
    return true;
  },
  (clause, known) => {
    const [, days = '', time = ''] = UNTIL.exec(clause) ?? [];
    return setEnd(days, time, known);
  },
  (clause, known) => {
    const [, days = '', hours = ''] = ON_DAYS.exec(clause) ?? [];
    return setHours(days, hours, known);
  },
  (clause, known) => {
    const spans = parseSpans(HOURS_ARE.exec(clause)?.[1] ?? '');
    if (!spans || (known.spans && RECEPTION.test(clause))) return false;
    known.spans = spans;
    return true;
  },
  (clause, known) => {
    const days = parseDays(HOURS_ARE.exec(clause)?.[1] ?? '');
    if (!days || known.days) return false;
    known.days = days.days;
    if (days.holidays) known.holidays = 'as-usual';
    return true;
  },
  (clause, known) => {
    const closed = CLOSED_DAYS_ARE.exec(clause)?.[1] ?? CLOSES_ON.exec(clause)?.[1];
    return closed !== undefined && close(closed, known);
  },
];

/** Where one clause may end and another begin: a comma, a space behind hours or a day off, an exception. */
const SEAM = /、(?=ただし|但し)|、|(?<=[\d時分半で休]) (?=[^\d~(:まで])/;

/** A clause is tried whole, then part by part; what no rule knows is kept as a condition, and an exception whole. */
export function readClause(clause: string, known: Understood): void {
  if (rules.some((rule) => rule(clause, known))) return;
  const exception = clause.search(/(?:ただし|但し)/);
  const [statement, rest] = exception < 0 ? [clause, ''] : [clause.slice(0, exception), clause.slice(exception)];
  const parts = statement
    .split(SEAM)
    .map((part) => part.trim())
    .filter(Boolean);
  const understands = (part: string): boolean => rules.some((rule) => rule(part, { ...known, ...blank() }));
  if (!parts.some(understands)) {
    known.conditions.push(clause);
    return;
  }
  parts.forEach((part) => {
    if (!rules.some((rule) => rule(part, known))) known.conditions.push(part);
  });
  if (rest) known.conditions.push(rest);
}

const blank = (): Pick<Understood, 'own' | 'closed' | 'closures' | 'conditions'> => ({
  own: new Map(),
  closed: new Set(),
  closures: [],
  conditions: [],
});

/** `日曜・祝日は17:00まで`: the usual beginning, another end, on the days that it is open. */
function setEnd(typedDays: string, typedTime: string, known: Understood): boolean {
  const named = parseDays(typedDays);
  const closes = parseTime(typedTime);
  const first = known.spans?.[0];
  if (!named || closes === null || !first || known.spans?.length !== 1 || first.opens >= closes) return false;
  const days = named.days.filter((day) => known.days?.includes(day) ?? true);
  setOwn({ ...named, days }, [{ opens: first.opens, closes }], known);
  return true;
}

/** `土曜日のみ9:30~14:30`, `平日 9:00~17:00`. */
function setHours(typedDays: string, typedHours: string, known: Understood): boolean {
  const named = parseDays(typedDays);
  const spans = parseSpans(typedHours.replace(/[\s、,・/]+$/, ''));
  if (!named || !spans) return false;
  setOwn(named, spans, known);
  return true;
}

function setOwn(
  { days, holidays }: { days: readonly Weekday[]; holidays: boolean },
  spans: readonly Span[],
  known: Understood,
): void {
  days.forEach((day) => known.own.set(day, spans));
  if (holidays) known.holidays = spans.map((span) => ({ ...span }));
}

const HOLIDAY = /^(?:国民の祝日に関する法律(?:\(.*\))?に(?:規定する|定める)休日|(?:国民の)?祝日|祝祭日|祝|休日)$/;
const ON_HOLIDAY_OTHERWISE = /^(.+?)\((.+)\)$/;

/** `月曜日(祝日の場合は翌平日)、年末年始(12/29~1/3)`: true when at least one item was understood. */
function close(subject: string, known: Understood): boolean {
  const items = itemsOf(subject);
  const left = items.filter((item) => !closeOne(item, known));
  if (left.length === items.length) return false;
  known.conditions.push(...left.map((item) => `${item}は休み`));
  return true;
}

function closeOne(item: string, known: Understood): boolean {
  if (HOLIDAY.test(item)) {
    known.holidays = 'closed';
    return true;
  }
  const range = parseDayRange(item.replace(/^年末年始\s*\(?/, '').replace(/\)$/, ''));
  if (range) {
    known.closures.push(range);
    return true;
  }
  const named = parseDays(item);
  if (named) {
    named.days.forEach((day) => known.closed.add(day));
    if (named.holidays) known.holidays = 'closed';
    return true;
  }
  const [, days = '', exception] = ON_HOLIDAY_OTHERWISE.exec(item) ?? [];
  if (exception === undefined || !closeOne(days, known)) return false;
  known.conditions.push(item);
  return true;
}
