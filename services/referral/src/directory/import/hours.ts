import { type OpeningHours, type Schedule, type Weekday, weekdays } from '@tsunagu/contracts';
import { clausesOf, itemsOf } from './clauses';
import { parseDayRange } from './dates';
import { parseDays, parseSpans, parseTime, RANGE, type Span, spanOf, TIME } from './times';

/** The cells that speak of opening hours, as typed; any may be empty. */
export interface HoursCells {
  readonly days?: string | null | undefined;
  readonly opens?: string | null | undefined;
  readonly closes?: string | null | undefined;
  readonly notes?: readonly (string | null | undefined)[] | undefined;
}

/** What has been understood so far. */
interface Understood {
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
function readClause(clause: string, known: Understood): void {
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

/** `日曜・祝日は17:00まで`: the usual beginning, another end. */
function setEnd(typedDays: string, typedTime: string, known: Understood): boolean {
  const named = parseDays(typedDays);
  const closes = parseTime(typedTime);
  const first = known.spans?.[0];
  if (!named || closes === null || !first || known.spans?.length !== 1 || first.opens >= closes) return false;
  setOwn(named, [{ opens: first.opens, closes }], known);
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
