import { needs, type Schedule, type Weekday } from '@tsunagu/contracts';
import { uuidFrom } from '@tsunagu/platform';
import type { OrganisationRow, ServiceRow } from '../listing/rows.entity';

/** Human Services Data Specification 3.0 objects, from the directory's rows. */

type Hsds = Readonly<Record<string, unknown>>;

/** Without the fields that nothing is known of: the specification has no nulls. */
const known = (fields: Hsds): Hsds =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  );

/** RFC 3986 characters only: the specification asks for a URI, the directory takes Japanese addresses too. */
const uri = (address: string | null): string | null =>
  address !== null && URL.canParse(address) ? new URL(address).href : null;

export const organization = ({ id, profile }: OrganisationRow): Hsds =>
  known({
    id,
    name: profile.name,
    alternate_name: profile.kana,
    description: profile.description ?? profile.name,
    email: profile.email,
    website: uri(profile.url),
  });

const STATUS = { open: 'active', reduced: 'active', moved: 'active', suspended: 'temporarily closed' } as const;

/** The one-to-one fields, as in a list. */
export const serviceInList = ({ id, profile, status, statusReason, changedAt }: ServiceRow): Hsds =>
  known({
    id,
    organization_id: profile.organisationId,
    name: profile.name,
    alternate_name: profile.kana,
    description: profile.description,
    url: uri(profile.url),
    email: profile.email,
    status: STATUS[status],
    fees_description: profile.fees,
    eligibility_description: profile.eligibility,
    alert: statusReason,
    last_modified: changedAt,
  });

export function serviceInFull(row: ServiceRow, owner: OrganisationRow | null): Hsds {
  const { organization_id: _, ...fields } = serviceInList(row);
  const { profile } = row;
  const id = (...parts: readonly string[]): string => uuidFrom('hsds', row.id, ...parts);
  return known({
    ...fields,
    phones: profile.phones.map(({ number, kind, extension, note }, n) =>
      known({
        id: id('phone', String(n)),
        number,
        type: kind,
        extension: numeric(extension),
        description: describe(extension, note),
      }),
    ),
    schedules: profile.schedule ? schedules(profile.schedule, id) : [],
    service_areas: profile.areas.map((name) => ({ id: id('area', name), name })),
    languages: profile.languages.map((code) => ({ id: id('language', code), code })),
    organization: owner ? organization(owner) : undefined,
    service_at_locations: location(row, id),
    attributes: [
      ...profile.needs.map((need) => ({
        id: id('need', need),
        link_id: row.id,
        link_entity: 'service',
        taxonomy_term: needTerm(need),
      })),
      ...Object.entries(profile.attributes).map(([name, value]) => ({
        id: id('attribute', name),
        link_id: row.id,
        link_entity: 'service',
        link_type: name,
        value,
      })),
    ],
  });
}

const numeric = (extension: string | null): number | null =>
  extension !== null && /^\d{1,9}$/.test(extension) ? Number(extension) : null;
const describe = (extension: string | null, note: string | null): string | null =>
  [extension !== null && numeric(extension) === null ? `内線 ${extension}` : '', note ?? '']
    .filter(Boolean)
    .join(' ') || null;

const needTerm = (need: keyof typeof needs.labels): Hsds => ({
  id: uuidFrom('hsds', 'need', need),
  code: need,
  name: needs.labels[need].en,
  description: needs.labels[need].ja,
  taxonomy: 'Tsunagu needs',
  language: 'en',
});

function location({ profile, name }: ServiceRow, id: (...parts: readonly string[]) => string): readonly Hsds[] {
  const { address, geo } = profile;
  if (!address && !geo) return [];
  const place = known({
    id: id('location'),
    location_type: 'physical',
    name,
    ...geo,
    addresses: address ? [postal(address, id('address'))] : [],
  });
  return [{ id: id('service-at-location'), location: place }];
}

/** The specification requires every line; what the source does not say is empty. */
const postal = (address: NonNullable<ServiceRow['profile']['address']>, id: string): Hsds => ({
  id,
  address_1: address.text,
  city: address.municipality ?? '',
  state_province: address.prefecture ?? '',
  postal_code: address.postalCode ?? '',
  country: 'JP',
  address_type: 'physical',
});

const BYDAY: { readonly [D in Weekday]: string } = {
  mon: 'MO',
  tue: 'TU',
  wed: 'WE',
  thu: 'TH',
  fri: 'FR',
  sat: 'SA',
  sun: 'SU',
};

function schedules({ weekly, dates, text }: Schedule, id: (...parts: readonly string[]) => string): readonly Hsds[] {
  const week = weekly.map(({ days, opens, closes }) => ({
    freq: 'WEEKLY',
    byday: days.map((day) => BYDAY[day]).join(','),
    opens_at: opens,
    closes_at: onTheClock(closes),
  }));
  const dated = dates
    .filter(({ from }) => !from.startsWith('--'))
    .map(({ from, until, opens, closes }) =>
      known({ valid_from: from, valid_to: until, opens_at: opens, closes_at: closes && onTheClock(closes) }),
    );
  const rules: readonly Hsds[] = week.length + dated.length > 0 ? [...week, ...dated] : [{}];
  return rules.map((rule, n) => known({ id: id('schedule', String(n)), ...rule, description: text }));
}

/** 26:00 is two in the morning. */
const onTheClock = (time: string): string =>
  time > '24:00' ? `${String(Number(time.slice(0, 2)) - 24).padStart(2, '0')}${time.slice(2)}` : time;
