import { z } from 'zod';
import { agencyId, date, instant, uuid } from '../ids';
import { dataCategories } from '../vocabulary/consent';
import { channels, needs, triageTiers, urgencies } from '../vocabulary/consultation';
import { languageTag } from '../vocabulary/languages';

/** What somebody says, up to some six pages. It is sealed before it is stored. */
const said = z.string().trim().min(1).max(10_000);
const note = z.string().trim().min(1).max(4_000);

/** A municipality or district by name. Figures are refused so that no house number slips into an unsealed field. */
export const coarseArea = z
  .string()
  .trim()
  .regex(
    /^[\p{L}\p{M}][\p{L}\p{M} ・ー'-]{0,31}$/u,
    'Give only a municipality or district, without numbers, such as 高松市.',
  );

export const OpenConsultation = z
  .strictObject({
    channel: channels.schema.describe('Without signing in: web, chat or sns.').meta({ example: 'web' }),
    language: languageTag.meta({ example: 'ja' }),
    interpreterNeeded: z.boolean().default(false),
    message: said.describe('What the person says; by a worker: an account of it.'),
    inDanger: z.boolean().default(false).describe('The person says that a life is in danger: answered as a crisis.'),
    agencyId: agencyId.optional().describe('The agency it is meant for. Without it any agency may take it.'),
    area: coarseArea.optional().meta({ example: '高松市' }),
    personId: uuid.optional().describe('Workers only: somebody already known to their agency.'),
    issueClaimCode: z.boolean().default(false).describe('Workers only: give the new person a claim code as well.'),
    occurredAt: instant.optional().describe('Workers only: when it took place, if earlier than now.'),
  })
  .meta({ title: 'OpenConsultation' });

export const SendMessage = z.strictObject({ message: said }).meta({ title: 'SendMessage' });

export const RouteConsultation = z
  .strictObject({
    toAgency: agencyId,
    personAgreed: z.boolean().describe('The person was asked and agreed that this agency takes over.'),
    note: note.optional().describe('Said to the receiving agency; the person can read it.'),
  })
  .meta({ title: 'RouteConsultation' });

export const TriageConsultation = z.strictObject({ tier: triageTiers.schema }).meta({ title: 'TriageConsultation' });

export const RecordScreening = z
  .strictObject({
    instrument: z.string().min(1).max(64).meta({ example: 'ucla-3-item-three-option' }),
    version: z.string().min(1).max(16).optional().describe('Without it: the latest.'),
    answers: z
      .record(z.string().max(64), z.string().max(64))
      .describe('Item code → option code, every item of the instrument.'),
  })
  .meta({ title: 'RecordScreening' });

export const RecordNeed = z
  .strictObject({ need: needs.schema, urgency: urgencies.schema, note: note.optional() })
  .meta({ title: 'RecordNeed' });

export const SettleNeed = z.strictObject({ status: z.enum(['met', 'withdrawn']) }).meta({ title: 'SettleNeed' });

export const CloseConsultation = z
  .strictObject({ note: note.optional().describe('The last words to the person.') })
  .meta({ title: 'CloseConsultation' });

export const ClaimConsultation = z
  .strictObject({ claimCode: z.string().min(1).max(128).describe('As shown when the consultation was opened.') })
  .meta({ title: 'ClaimConsultation' });

const identityFields = {
  name: z.string().trim().min(1).max(120).describe('As the person writes it.'),
  kana: z.string().trim().min(1).max(120).describe('Reading, in kana or romaji.'),
  birthDate: date.refine((day) => day >= '1900-01-01', 'Use a birth date from 1900 on.'),
  sex: z.string().trim().min(1).max(40).describe('In the person’s own words.'),
  phone: z
    .string()
    .trim()
    .regex(/^[+()\-\s\d０-９－（）]{6,24}$/, 'Use digits, spaces and hyphens.'),
  postcode: z
    .string()
    .trim()
    .regex(/^[〒\s]*[\d０-９]{3}[-－ー]?[\d０-９]{4}$/, 'Use a postcode such as 760-8571.'),
  address: z.string().trim().min(1).max(300),
  area: coarseArea,
};

export const RecordIdentity = z
  .strictObject({
    name: identityFields.name,
    kana: identityFields.kana.optional(),
    birthDate: identityFields.birthDate.optional(),
    sex: identityFields.sex.optional(),
    phone: identityFields.phone.optional(),
    postcode: identityFields.postcode.optional(),
    address: identityFields.address.optional(),
    area: identityFields.area.optional(),
  })
  .meta({ title: 'RecordIdentity' });

/** null removes a value; a field left out stays as it is. */
export const CorrectIdentity = z
  .strictObject({
    name: identityFields.name.optional(),
    kana: identityFields.kana.nullish(),
    birthDate: identityFields.birthDate.nullish(),
    sex: identityFields.sex.nullish(),
    phone: identityFields.phone.nullish(),
    postcode: identityFields.postcode.nullish(),
    address: identityFields.address.nullish(),
    area: identityFields.area.nullish(),
  })
  .refine((body) => Object.keys(body).length > 0, 'Name at least one field to correct.')
  .meta({ title: 'CorrectIdentity' });

export const LinkPerson = z.strictObject({ otherPersonId: uuid }).meta({ title: 'LinkPerson' });

/** Between services: what one authorisation lets the discloser's agency hand over. */
export const DiscloseFields = z
  .strictObject({
    agencyId: agencyId.describe('The agency that discloses.'),
    categories: z.array(dataCategories.schema).min(1).max(9),
    authorisationId: uuid,
  })
  .meta({ title: 'DiscloseFields' });

export const ListConsultations = z
  .strictObject({
    queue: z.enum(['unrouted']).optional().describe('What waits for any agency to take it.'),
    status: z.enum(['open', 'closed', 'erased']).optional(),
    overdue: z.enum(['true', 'false']).optional(),
    personId: uuid.optional(),
    minRevision: z.coerce.number().int().nonnegative().optional(),
    id: uuid.optional().describe('Only this consultation; needed with minRevision.'),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    after: z.string().max(200).optional().describe('`next` of the page before.'),
  })
  .meta({ title: 'ListConsultations' });

const label = z.strictObject({ en: z.string().min(1), ja: z.string().min(1) });
const option = z.strictObject({ code: z.string().min(1), value: z.number().int(), label });

/** A screening instrument: data, not code. Adding one is adding a file. */
export const Instrument = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    version: z.string().regex(/^\d+\.\d+$/),
    title: label,
    /** Where the wording and the scoring come from. */
    source: z.string().min(1),
    /** Options of every item that has none of its own. */
    options: z.array(option).min(2).optional(),
    items: z
      .array(z.strictObject({ code: z.string().min(1), text: label, options: z.array(option).min(2).optional() }))
      .min(1),
    /** The score is the sum of the options' values; each band takes in both its ends. */
    bands: z.array(z.strictObject({ code: z.string().min(1), from: z.number(), to: z.number(), label })).min(1),
  })
  .meta({ title: 'Instrument' });
export type Instrument = z.infer<typeof Instrument>;
