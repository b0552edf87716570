import { z } from 'zod';
import { agencyId, area, uuid } from '../ids';
import { needs } from '../vocabulary/consultation';
import { languageTag } from '../vocabulary/languages';
import { sectors } from '../vocabulary/people';
import { modes, serviceKinds, serviceStatuses } from '../vocabulary/referral';

/** The directory of organisations, services, activities and venues: whoever is signed in may read it; it names no persons. */
const line = z.string().trim().min(1).max(300);
const prose = z.string().trim().min(1).max(20_000);
/** Links to the web only: a directory that anybody reads must not carry `javascript:`. */
const webAddress = z
  .string()
  .max(2_000)
  .regex(/^https?:\/\/[^\s<>"]+$/i, 'Use an address that begins with http:// or https://.');
const email = z
  .string()
  .max(254)
  .regex(/^[^\s@<>]+@[^\s@<>]+$/, 'Use an e-mail address.');

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export const weekday = z.enum(weekdays);
export type Weekday = z.infer<typeof weekday>;

/** `HH:MM`; up to 30:00, because opening hours may pass midnight (26:00 is two in the morning). */
const time = z.string().regex(/^([01]\d|2\d|30):[0-5]\d$/, 'Use a time such as 09:30.');
const span = { opens: time, closes: time };
const openingHours = z.strictObject({ days: z.array(weekday).min(1).max(7), ...span });
export type OpeningHours = z.infer<typeof openingHours>;

/** `2026-08-23`, or `--08-23` where the source names no year. */
const dayOfYear = z
  .string()
  .regex(
    /^(\d{4}|-)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
    'Use a date such as 2026-08-23, or --08-23 without a year.',
  );
const datedHours = z.strictObject({
  from: dayOfYear,
  until: dayOfYear,
  /** Weekdays that the source names beside the dates: they tell which year is meant. */
  fromDay: weekday.nullable(),
  untilDay: weekday.nullable(),
  opens: time.nullable(),
  closes: time.nullable(),
});
export type DatedHours = z.infer<typeof datedHours>;

export const schedule = z.strictObject({
  weekly: z.array(openingHours).max(50),
  /** Hours on public holidays. `closed`; `as-usual`; own hours; null: the source does not say. */
  holidays: z.union([z.enum(['closed', 'as-usual']), z.array(z.strictObject(span)).min(1).max(5)]).nullable(),
  closures: z.array(z.strictObject({ from: dayOfYear, until: dayOfYear })).max(50),
  dates: z.array(datedHours).max(200),
  /** What people typed, unchanged. */
  text: prose.nullable(),
  /** The parts of `text` that were not understood: they may restrict the hours above. */
  conditions: z.array(prose).max(100),
});
export type Schedule = z.infer<typeof schedule>;

export const directoryPhone = z.strictObject({
  number: z.string().min(3).max(32).meta({ example: '087-000-0001' }),
  kind: z.enum(['voice', 'fax']),
  extension: z.string().max(16).nullable(),
  note: line.nullable(),
});
export type DirectoryPhone = z.infer<typeof directoryPhone>;

export const address = z.strictObject({
  /** As written. */
  text: prose,
  postalCode: z.string().max(16).nullable(),
  prefecture: line.nullable(),
  municipality: line.nullable(),
});
export type Address = z.infer<typeof address>;

export const geo = z.strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) });

/** What no field above holds, under the source's own column names. */
const attributes = z
  .record(z.string().min(1).max(200), z.string().max(20_000))
  .refine((all) => Object.keys(all).length <= 200);

const organisationFields = {
  name: line,
  kana: line.nullable(),
  sector: sectors.schema,
  description: prose.nullable(),
  url: webAddress.nullable(),
  email: email.nullable(),
  phones: z.array(directoryPhone).max(20),
  address: address.nullable(),
  attributes,
};
export const organisationProfile = z.strictObject(organisationFields);
export type OrganisationProfile = z.infer<typeof organisationProfile>;

const serviceFields = {
  organisationId: uuid,
  kind: serviceKinds.schema,
  name: line,
  kana: line.nullable(),
  description: prose.nullable(),
  url: webAddress.nullable(),
  email: email.nullable(),
  needs: z.array(needs.schema).max(30),
  languages: z.array(languageTag).max(50),
  areas: z.array(area).max(200).describe('Where it works; none: the source does not say.'),
  address: address.nullable(),
  geo: geo.nullable(),
  phones: z.array(directoryPhone).max(20),
  schedule: schedule.nullable(),
  fees: prose.nullable(),
  eligibility: prose.nullable(),
  attributes,
};
export const serviceProfile = z.strictObject(serviceFields);
export type ServiceProfile = z.infer<typeof serviceProfile>;

const seats = z.number().int().min(0).max(1_000_000);
export const capacity = z.strictObject({
  total: seats.nullable(),
  available: seats.nullable().describe('Free places now; null: not known. 0 takes it out of matches.'),
});
export type Capacity = z.infer<typeof capacity>;

const managingAgency = agencyId.describe('The agency that runs this entry; yours when absent.');

const emptyFields = { kana: null, description: null, url: null, email: null, address: null };
/** What an entry holds about which nothing is said. */
export const emptyOrganisation: Omit<OrganisationProfile, 'name' | 'sector'> = {
  ...emptyFields,
  phones: [],
  attributes: {},
};
export const emptyService: Omit<ServiceProfile, 'name' | 'kind' | 'organisationId'> = {
  ...emptyOrganisation,
  needs: [],
  languages: [],
  areas: [],
  geo: null,
  schedule: null,
  fees: null,
  eligibility: null,
};

export const ListOrganisation = z.strictObject({
  ...z.strictObject(organisationFields).partial().shape,
  name: organisationFields.name,
  sector: organisationFields.sector,
  managedBy: managingAgency.optional(),
});
export const ReviseOrganisation = z
  .strictObject(organisationFields)
  .partial()
  .describe('Only what changes; null empties a field.');
export const ListService = z.strictObject({
  ...z.strictObject(serviceFields).partial().shape,
  organisationId: serviceFields.organisationId,
  kind: serviceFields.kind,
  name: serviceFields.name,
  managedBy: managingAgency.optional(),
  status: serviceStatuses.schema.default('open'),
  modes: z.array(modes.schema).max(7).default([]),
  capacity: capacity.nullable().default(null),
});
export const ReviseService = z
  .strictObject(serviceFields)
  .partial()
  .describe('Only what changes; null empties a field.');
export const ChangeServiceStatus = z.strictObject({
  status: serviceStatuses.schema,
  modes: z.array(modes.schema).max(7).describe('How people meet from now on.'),
  reason: line.optional().describe('Shown in the directory; never about a person.'),
});
export const ChangeServiceCapacity = capacity;

/** One record of a source. What it does not mention stays as it was. */
const imported = {
  id: uuid.describe('Made from the source, so that the same row is the same entry next time.'),
  source: line.describe('File identity and natural key, for people.'),
  managedBy: managingAgency.optional(),
};
export const importedOrganisation = z.strictObject({
  ...imported,
  type: z.literal('organisation'),
  profile: organisationProfile.partial().required({ name: true, sector: true }),
});
export const importedService = z.strictObject({
  ...imported,
  type: z.literal('service'),
  profile: serviceProfile.partial().required({ name: true, kind: true, organisationId: true }),
  status: serviceStatuses.schema.optional(),
  modes: z.array(modes.schema).max(7).optional(),
  capacityTotal: seats.nullable().optional(),
});
export const importRecord = z.discriminatedUnion('type', [importedOrganisation, importedService]);
export type ImportRecord = z.infer<typeof importRecord>;
export type ImportedOrganisation = z.infer<typeof importedOrganisation>;
export type ImportedService = z.infer<typeof importedService>;
/** Records are judged one by one: a bad one is rejected and the others are taken. */
export const ImportDirectory = z.strictObject({ records: z.array(z.unknown()).min(1).max(200) });

export const importOutcomes = ['imported', 'updated', 'unchanged', 'rejected'] as const;
export const importResult = z.object({
  id: z.string(),
  outcome: z.enum(importOutcomes),
  code: z.string().optional(),
  reason: z.string().optional(),
});
export type ImportResult = z.infer<typeof importResult>;
export type ImportOutcome = ImportResult['outcome'];

/** A moment in the directory's own time zone, or with an offset of its own. */
const moment = z.iso.datetime({ offset: true, local: true }).meta({ example: '2026-11-24T10:00' });
const minRevision = z.coerce.number().int().min(0).optional();
const limit = z.coerce.number().int().min(1).max(200).default(50);
const after = z.string().max(600).optional().describe('`next` of the page before.');
const q = z
  .string()
  .trim()
  .max(200)
  .optional()
  .describe('Words of the name, place or description; full-width and half-width are alike.');

export const ServicesQuery = z.object({
  need: needs.schema.optional(),
  area: area.optional(),
  language: languageTag.optional(),
  openAt: moment.optional(),
  mode: modes.schema.optional(),
  status: serviceStatuses.schema.optional(),
  kind: serviceKinds.schema.optional(),
  organisationId: uuid.optional(),
  managedBy: agencyId.optional(),
  q,
  minRevision: minRevision.describe('Wait until the service named by `id` shows this revision.'),
  id: uuid.optional(),
  limit,
  after,
});
export const OrganisationsQuery = z.object({
  sector: sectors.schema.optional(),
  q,
  id: uuid.optional(),
  minRevision,
  limit,
  after,
});
export const RevisionQuery = z.object({ minRevision });

export const MatchServices = z.strictObject({
  need: needs.schema,
  area: area.optional(),
  language: languageTag.optional(),
  openAt: moment.optional(),
  modes: z.array(modes.schema).max(7).optional(),
  limit: z.number().int().min(1).max(50).default(20),
});

/** Query of the HSDS 3.0 lists. */
export const HsdsPage = z.object({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  per_page: z.coerce.number().int().min(1).max(200).default(50),
  search: q,
  organization_id: uuid.optional(),
});
