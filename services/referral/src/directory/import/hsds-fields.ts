import type {
  Address,
  DirectoryPhone,
  Mode,
  Need,
  OpeningHours,
  Schedule,
  ServiceStatus,
  Weekday,
} from '@tsunagu/contracts';
import { type Doc, docs, isDoc, text } from './hsds-document';
import { parsePhones } from './phones';
import { spanOf } from './times';

export const STATUSES: Readonly<Record<string, ServiceStatus>> = {
  active: 'open',
  inactive: 'suspended',
  defunct: 'suspended',
  'temporarily closed': 'suspended',
};

/** Open Eligibility's terms by name: the only source of needs in HSDS data. */
const TERMS: Readonly<Record<string, Need>> = {
  food: 'food',
  'emergency food': 'food',
  'food pantry': 'food',
  'free meals': 'food',
  housing: 'housing',
  'emergency shelter': 'housing',
  'help find housing': 'housing',
  'mental health care': 'mental-health',
  'bereavement counseling': 'bereavement',
  legal: 'legal',
  work: 'work',
  'help find work': 'work',
  money: 'debt',
  transit: 'mobility',
  'caregiver support': 'care-of-family',
  'parenting education': 'child-rearing',
  daycare: 'child-rearing',
  'support groups': 'loneliness',
  'help escape violence': 'domestic-violence',
};

export function needsOf(doc: Doc): Need[] {
  const terms = docs(doc, 'attributes').map(({ taxonomy_term: term }) =>
    isDoc(term) ? text(term, 'name')?.toLowerCase() : undefined,
  );
  return [...new Set(terms.flatMap((term) => TERMS[term ?? ''] ?? []))];
}

export function phonesOf(owners: readonly Doc[]): DirectoryPhone[] {
  const found = owners.flatMap((owner) => [
    ...docs(owner, 'phones'),
    ...docs(owner, 'contacts').flatMap((contact) => docs(contact, 'phones')),
  ]);
  const phones = found.flatMap((phone): DirectoryPhone[] => {
    const typed = (text(phone, 'number') ?? '').replace(/^["'\s]+|["'\s]+$/g, '');
    const number = parsePhones(typed).phones[0]?.number ?? typed.slice(0, 32);
    if (number.length < 3) return [];
    const kind = text(phone, 'type') === 'fax' ? 'fax' : 'voice';
    return [
      {
        number,
        kind,
        extension: text(phone, 'extension')?.slice(0, 16) ?? null,
        note: text(phone, 'description')?.slice(0, 300) ?? null,
      },
    ];
  });
  return phones.filter(
    (one, n) => phones.findIndex(({ number, extension }) => number === one.number && extension === one.extension) === n,
  );
}

const TAG = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

export const languagesOf = (owners: readonly Doc[]): string[] => [
  ...new Set(
    owners.flatMap((owner) =>
      docs(owner, 'languages').flatMap((language) => text(language, 'code')?.match(TAG)?.[0] ?? []),
    ),
  ),
];

/** The physical address before the postal one; who it is addressed to stays out: the directory names no persons. */
export function addressOf(locations: readonly Doc[]): Address | null {
  const all = locations.flatMap((location) => docs(location, 'addresses'));
  const address = all.find((one) => text(one, 'address_type') === 'physical') ?? all[0];
  if (!address) return null;
  const lines = ['address_1', 'address_2', 'city', 'region', 'state_province', 'postal_code', 'country'].flatMap(
    (part) => text(address, part) ?? [],
  );
  if (lines.length === 0) return null;
  return {
    text: lines.join(', '),
    postalCode: text(address, 'postal_code')?.slice(0, 16) ?? null,
    prefecture: text(address, 'state_province'),
    municipality: text(address, 'city'),
  };
}

const AREA_LENGTH = 64;

/** Named service areas where they are names and not sentences, else the city it is in. */
export function areasOf(doc: Doc, address: Address | null): string[] {
  const named = docs(doc, 'service_areas').flatMap((one) => text(one, 'name') ?? []);
  const short = named.filter((name) => name.length <= AREA_LENGTH);
  return short.length > 0 ? short : address?.municipality ? [address.municipality.slice(0, AREA_LENGTH)] : [];
}

const LOCATION_MODES: Readonly<Record<string, Mode>> = { physical: 'venue', virtual: 'online' };

export const modesOf = (locations: readonly Doc[]): Mode[] => [
  ...new Set(locations.flatMap((location) => LOCATION_MODES[text(location, 'location_type') ?? ''] ?? [])),
];

const DAYS: Readonly<Record<string, Weekday>> = {
  MO: 'mon',
  TU: 'tue',
  WE: 'wed',
  TH: 'thu',
  FR: 'fri',
  SA: 'sat',
  SU: 'sun',
};
/** iCalendar rules that a plain week cannot say, and limits in time. */
const NARROWING = ['byweekno', 'bymonthday', 'byyearday', 'until', 'count', 'valid_to'];

/** Plain weekly rules as hours; every other rule, and all prose, as conditions. */
export function scheduleOf(owners: readonly Doc[]): Schedule | null {
  const rules = owners.flatMap((owner) => docs(owner, 'schedules'));
  const distinct = rules.filter((rule, n) => rules.findIndex((other) => text(other, 'id') === text(rule, 'id')) === n);
  if (distinct.length === 0) return null;
  const prose = distinct.flatMap((rule) =>
    ['description', 'notes', 'attending_type'].flatMap((field) => text(rule, field) ?? []),
  );
  const weekly = distinct.map(weeklyOf);
  const left = distinct.filter((_, n) => weekly[n] === null).map(ruleText);
  const conditions = [...left, ...prose].filter(Boolean);
  return {
    weekly: weekly.flatMap((hours) => hours ?? []),
    holidays: null,
    closures: [],
    dates: [],
    text:
      distinct
        .map((rule) => ruleText(rule))
        .concat(prose)
        .filter(Boolean)
        .join('\n') || null,
    conditions,
  };
}

function weeklyOf(rule: Doc): OpeningHours | null {
  const days = (text(rule, 'byday') ?? '').split(',').map((day) => DAYS[day.trim()]);
  const span = spanOf(text(rule, 'opens_at') ?? '', text(rule, 'closes_at') ?? '');
  const plainWeek =
    (text(rule, 'freq') ?? 'WEEKLY') === 'WEEKLY' &&
    (text(rule, 'interval') ?? '1') === '1' &&
    !NARROWING.some((field) => text(rule, field));
  const known = days.filter((day): day is Weekday => day !== undefined);
  return plainWeek && span && known.length === days.length ? { days: known, ...span } : null;
}

const ruleText = (rule: Doc): string =>
  ['freq', 'byday', 'opens_at', 'closes_at', 'valid_from', ...NARROWING]
    .flatMap((field) => (text(rule, field) ? [`${field}=${text(rule, field)}`] : []))
    .join(' ');

/** Names, mail addresses and attentions of persons, and the history of edits, which names persons too. */
const PERSONAL: readonly string[] = ['contacts', 'metadata', 'attention', 'updated_by', 'assurer_email'];

/** What `fields` do not cover, as text under its own name; lists and objects as JSON without ids and persons. */
export const leftovers = (doc: Doc, fields: readonly string[], prefix = ''): Record<string, string> =>
  Object.fromEntries(
    Object.entries(doc)
      .filter(([field]) => !fields.includes(field) && !PERSONAL.includes(field))
      .flatMap(([field]) => {
        const value =
          typeof doc[field] === 'object' && doc[field] !== null
            ? JSON.stringify(withoutPersons(doc[field]))
            : text(doc, field);
        return value === null || value === '[]' ? [] : [[`${prefix}${field}`, value.slice(0, 20_000)]];
      }),
  );

function withoutPersons(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPersons);
  if (!isDoc(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([field]) => field !== 'id' && !field.endsWith('_id') && !PERSONAL.includes(field))
      .map(([field, inner]) => [field, withoutPersons(inner)]),
  );
}
