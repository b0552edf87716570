import type { Capacity, Mode, Need, Schedule, ServiceStatus } from '@tsunagu/contracts';
import { type LocalMoment, openingAt } from './opening';

export interface Criteria {
  readonly need: Need;
  readonly area?: string | undefined;
  readonly language?: string | undefined;
  readonly openAt?: LocalMoment | undefined;
  readonly modes?: readonly Mode[] | undefined;
}

export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly needs: readonly Need[];
  readonly areas: readonly string[];
  readonly languages: readonly string[];
  readonly modes: readonly Mode[];
  readonly status: ServiceStatus;
  readonly capacity: Capacity | null;
  readonly schedule: Schedule | null;
}

export type Criterion = 'need' | 'status' | 'capacity' | 'area' | 'language' | 'opening' | 'mode';

/** `met`: yes, no, or the directory does not know. `detail` is a code; `of` the value it speaks of. */
export interface Reason {
  readonly criterion: Criterion;
  readonly met: 'yes' | 'no' | 'unknown';
  readonly detail: string;
  readonly of: string | null;
}

export interface Judged<C extends Candidate> {
  readonly candidate: C;
  readonly score: number;
  readonly reasons: readonly Reason[];
}

/** Without these it is no match at all; the others only lower its rank. */
const REQUIRED: readonly Criterion[] = ['need', 'status', 'capacity', 'area'];
const WEIGHT: { readonly [C in Criterion]: number } = {
  need: 8,
  status: 4,
  capacity: 3,
  area: 4,
  language: 3,
  opening: 3,
  mode: 2,
};
const SHARE = { yes: 1, unknown: 0.5, no: 0 } as const;

/** Best first; equal ones by name, then id, so that the order never depends on the order they came in. */
export function rank<C extends Candidate>(
  candidates: readonly C[],
  criteria: Criteria,
): { readonly matches: readonly Judged<C>[]; readonly setAside: readonly Judged<C>[] } {
  const judged = candidates
    .map((candidate) => judge(candidate, criteria))
    .sort(
      (a, b) => b.score - a.score || order(a.candidate.name, b.candidate.name) || order(a.candidate.id, b.candidate.id),
    );
  const fits = ({ reasons }: Judged<C>): boolean =>
    !reasons.some(({ criterion, met }) => met === 'no' && REQUIRED.includes(criterion));
  return { matches: judged.filter(fits), setAside: judged.filter((one) => !fits(one)) };
}

export function judge<C extends Candidate>(candidate: C, criteria: Criteria): Judged<C> {
  const reasons = [
    needReason(candidate, criteria),
    statusReason(candidate),
    capacityReason(candidate),
    ...areaReason(candidate, criteria),
    ...languageReason(candidate, criteria),
    ...openingReason(candidate, criteria),
    ...modeReason(candidate, criteria),
  ];
  const score = reasons.reduce((sum, reason) => sum + WEIGHT[reason.criterion] * SHARE[reason.met] * degree(reason), 0);
  const best = reasons.reduce((sum, { criterion }) => sum + WEIGHT[criterion], 0);
  return { candidate, score: Math.round((100 * score) / best), reasons };
}

/** Reduced running and conditions in prose count less than a plain yes. */
const degree = ({ detail }: Reason): number => (detail === 'reduced' || detail === 'open-unless' ? 0.75 : 1);

const reason = (criterion: Criterion, met: Reason['met'], detail: string, of: string | null = null): Reason => ({
  criterion,
  met,
  detail,
  of,
});

const needReason = ({ needs }: Candidate, { need }: Criteria): Reason =>
  reason('need', needs.includes(need) ? 'yes' : 'no', needs.includes(need) ? 'helps-with' : 'other-needs', need);

const statusReason = ({ status }: Candidate): Reason =>
  reason('status', status === 'suspended' ? 'no' : 'yes', status, null);

function capacityReason({ capacity }: Candidate): Reason {
  if (capacity?.available == null) return reason('capacity', 'unknown', 'not-told');
  const free = String(capacity.available);
  return capacity.available > 0
    ? reason('capacity', 'yes', 'free-places', free)
    : reason('capacity', 'no', 'full', free);
}

function areaReason({ areas }: Candidate, { area }: Criteria): readonly Reason[] {
  if (area === undefined) return [];
  if (areas.length === 0) return [reason('area', 'unknown', 'not-told')];
  const found = areas.find((one) => sameArea(one, area));
  return [found ? reason('area', 'yes', 'serves', found) : reason('area', 'no', 'serves-elsewhere', areas.join('、'))];
}

/** A city covers its districts: 高松市 and 高松市国分寺町 meet. */
export function sameArea(one: string, other: string): boolean {
  const [a, b] = [plain(one), plain(other)];
  return a === b || a.startsWith(b) || b.startsWith(a);
}
const plain = (area: string): string => area.normalize('NFKC').replace(/\s+/g, '').toLowerCase();

function languageReason({ languages }: Candidate, { language }: Criteria): readonly Reason[] {
  if (language === undefined) return [];
  const primary = (tag: string): string => (tag.split('-')[0] ?? tag).toLowerCase();
  const found = languages.find((one) => primary(one) === primary(language));
  if (found) return [reason('language', 'yes', 'speaks', found)];
  return [
    reason(
      'language',
      languages.length === 0 ? 'unknown' : 'no',
      languages.length === 0 ? 'not-told' : 'other-languages',
      language,
    ),
  ];
}

function openingReason({ schedule }: Candidate, { openAt }: Criteria): readonly Reason[] {
  if (!openAt) return [];
  const at = `${openAt.date}T${openAt.time}`;
  switch (openingAt(schedule, openAt)) {
    case 'open':
      return [reason('opening', 'yes', 'open', at)];
    case 'unless':
      return [reason('opening', 'yes', 'open-unless', schedule?.conditions.join(' ') ?? null)];
    case 'closed':
      return [reason('opening', 'no', 'closed', at)];
    case 'unknown':
      return [reason('opening', 'unknown', 'not-told', at)];
  }
}

function modeReason({ modes }: Candidate, { modes: wanted }: Criteria): readonly Reason[] {
  if (!wanted || wanted.length === 0) return [];
  if (modes.length === 0) return [reason('mode', 'unknown', 'not-told')];
  const found = wanted.find((mode) => modes.includes(mode));
  return [found ? reason('mode', 'yes', 'offers', found) : reason('mode', 'no', 'other-modes', modes.join('、'))];
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
