import type { ImportedOrganisation, ImportedService, ServiceProfile } from '@tsunagu/contracts';
import { uuidFrom } from '@tsunagu/platform';
import { type Doc, isDoc, text } from './hsds-document';
import {
  addressOf,
  areasOf,
  languagesOf,
  leftovers,
  modesOf,
  needsOf,
  phonesOf,
  scheduleOf,
  STATUSES,
} from './hsds-fields';
import type { HsdsPool, Told } from './hsds-pool';
import { sectorOf } from './kinds';
import { parseGeo } from './places';
import type { Entry, Origin, Refused } from './reading';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const idOf = (id: string): string => (UUID.test(id) ? id.toLowerCase() : uuidFrom('directory', 'hsds', id));

/** The pool as directory records. What no file told stays out of a record, so that the entry keeps what it has. */
export function hsdsEntries(pool: HsdsPool): {
  readonly entries: readonly Entry[];
  readonly refused: readonly Refused[];
} {
  const refused: Refused[] = [];
  const refuse = (origins: readonly Origin[], code: string, reason: string): void => {
    refused.push(...origins.map((origin) => ({ ...origin, code, reason })));
  };
  const entries: Entry[] = [...pool.organizations].map(([id, { doc, origins }]) => ({
    origins,
    record: organisation(id, doc),
  }));
  const placed = new Set<string>();
  for (const [id, { doc, origins }] of pool.services) {
    const at = placesOf(pool, id);
    at.forEach((place) => placed.add(text(place.doc, 'id') ?? ''));
    const rows = [...new Set([...origins, ...at.flatMap((place) => place.origins)])];
    const organizationId = text(doc, 'organization_id');
    if (organizationId === null) refuse(rows, 'no-organisation', 'The service names no organisation.');
    else
      entries.push({
        origins: rows,
        record: service(
          id,
          organizationId,
          doc,
          at.map((place) => place.doc),
        ),
      });
  }
  for (const [id, { doc, origins }] of pool.locations) {
    const organizationId = text(doc, 'organization_id') ?? '';
    if (placed.has(id)) continue;
    if (pool.organizations.has(organizationId) && text(doc, 'name'))
      entries.push({ origins, record: service(id, organizationId, doc, [doc]) });
    else refuse(origins, 'location-alone', 'The location belongs to no service and no organisation among the files.');
  }
  return { entries, refused };
}

const placesOf = (pool: HsdsPool, service: string): readonly Told[] =>
  [...(pool.places.get(service) ?? [])].flatMap((place) => pool.locations.get(place) ?? []);

const ORGANISATION_FIELDS = ['id', 'name', 'description', 'website', 'email', 'phones'];

function organisation(id: string, doc: Doc): ImportedOrganisation {
  const name = text(doc, 'name') ?? '';
  const told = onlyTold({
    description: text(doc, 'description'),
    url: webAddress(text(doc, 'website')),
    email: text(doc, 'email'),
    phones: phonesOf([doc]),
    attributes: leftovers(doc, ORGANISATION_FIELDS),
  });
  return {
    type: 'organisation',
    id: idOf(id),
    source: `HSDS ${id}`,
    profile: { ...told, name, sector: sectorOf(`${name} ${text(doc, 'legal_status') ?? ''}`) },
  };
}

const SERVICE_FIELDS = [
  'id',
  'organization_id',
  'name',
  'description',
  'email',
  'languages',
  'phones',
  'schedules',
  'eligibility_description',
  'fees_description',
  'last_modified',
];
const LOCATION_FIELDS = ['id', 'organization_id', 'addresses', 'languages', 'phones', 'schedules', 'location_type'];

/** A service with the locations it is at; a location without a service is a venue of its organisation. */
function service(id: string, organizationId: string, doc: Doc, at: readonly Doc[]): ImportedService {
  const isVenue = 'location_type' in doc;
  const all = isVenue ? [doc] : [doc, ...at];
  const [name, kind, organisationId] = [
    text(doc, 'name') ?? '',
    isVenue ? 'venue' : 'service',
    idOf(organizationId),
  ] as const;
  const address = addressOf(at);
  const url = webAddress(text(doc, 'url'));
  const geo =
    at.map((place) => parseGeo(text(place, 'latitude'), text(place, 'longitude'))).find((found) => found !== null) ??
    null;
  const locationFields = [
    ...LOCATION_FIELDS,
    ...(geo ? ['latitude', 'longitude'] : []),
    ...(isVenue ? ['name', 'description'] : []),
  ];
  const told = onlyTold({
    description: text(doc, 'description'),
    url,
    email: text(doc, 'email'),
    needs: needsOf(doc),
    languages: languagesOf(all),
    areas: areasOf(doc, address),
    address,
    geo,
    phones: phonesOf(all),
    schedule: scheduleOf(all),
    fees: text(doc, 'fees_description'),
    eligibility: text(doc, 'eligibility_description'),
    attributes: {
      ...(isVenue ? {} : leftovers(doc, [...SERVICE_FIELDS, ...(url ? ['url'] : [])])),
      ...Object.assign({}, ...at.map((place) => leftovers(place, locationFields, 'location.'))),
    },
  });
  const status = STATUSES[text(doc, 'status') ?? ''];
  const modes = modesOf(at);
  return {
    type: 'service',
    id: idOf(id),
    source: `HSDS ${id}`,
    profile: { ...told, name, kind, organisationId },
    ...(status ? { status } : {}),
    ...(modes.length > 0 ? { modes } : {}),
  };
}

/** Without nulls, empty lists and empty objects. */
const onlyTold = (profile: Partial<ServiceProfile>): Partial<ServiceProfile> =>
  Object.fromEntries(
    Object.entries(profile).filter(
      ([, value]) =>
        value !== null &&
        !(Array.isArray(value) && value.length === 0) &&
        !(isDoc(value) && Object.keys(value).length === 0),
    ),
  );

const webAddress = (typed: string | null): string | null =>
  typed !== null && /^https?:\/\/[^\s<>"]+$/i.test(typed) ? typed : null;
