import { z } from 'zod';
import { contractEvent } from '../envelope';
import { agencyId, instant, userId, uuid } from '../ids';
import { aboutPerson, recordViewedBy } from '../platform/events.v1';
import { actions, dataCategories, decisionCodes, grantForms, harms, legalBases, purposes } from '../vocabulary/consent';

const event = <S extends z.ZodType>(name: string, schema: S) => contractEvent('consent', 'events', name, 1, schema);

/** Who may receive: one agency, or every agency on the platform. */
export const grantRecipient = z.union([z.object({ agency: agencyId }), z.object({ any: z.literal('agency') })]);

export const grantTerms = {
  effect: z.enum(['permit', 'deny']),
  purposes: z.array(purposes.schema).min(1),
  categories: z.array(dataCategories.schema).min(1),
  recipients: z.array(grantRecipient).min(1),
  actions: z.array(actions.schema).min(1),
  from: instant,
  until: instant,
};

const decided = {
  recipientAgency: agencyId,
  recipientUser: userId,
  recipientRole: z.string(),
  purpose: purposes.schema,
  categories: z.array(dataCategories.schema),
  action: actions.schema,
  legalBasis: legalBases.schema,
  /** What the decision was for, e.g. `referral` and its id. */
  subject: z.string(),
  subjectId: z.string(),
  /** The agency that gives; null when the recipient reads what it was given before. */
  discloserAgency: agencyId.nullable(),
  /** Server time that was decided for. */
  at: instant,
  code: decisionCodes.schema,
  policyVersion: z.string(),
  /** Revision of the person's consent stream that the decision rests on. */
  consentRevision: z.number().int(),
};

export const consentEvents = {
  NoticePublished: event(
    'NoticePublished',
    z.object({ noticeId: z.string(), version: z.number().int(), languages: z.array(z.string()) }),
  ),
  ConsentGranted: event(
    'ConsentGranted',
    z.object({
      ...aboutPerson,
      grantId: uuid,
      ...grantTerms,
      form: grantForms.schema,
      /** The text that was read; a denial needs none. */
      notice: z.object({ id: z.string(), version: z.number().int(), language: z.string() }).nullable(),
      byRepresentative: z.boolean(),
      /** When the representative's mandate ends; null when the person gave it. */
      mandateUntil: instant.nullable(),
    }),
  ),
  /** No disclosure resting on these grants is authorised after this; what was given must be acknowledged. */
  ConsentWithdrawn: event('ConsentWithdrawn', z.object({ ...aboutPerson, grantIds: z.array(uuid) })),
  DisclosureAuthorised: event(
    'DisclosureAuthorised',
    z.object({
      ...aboutPerson,
      authorisationId: uuid,
      grantIds: z.array(uuid),
      /** Statutory basis or emergency access that it rests on instead of grants. */
      restsOn: z.string().nullable(),
      until: instant,
      ...decided,
    }),
  ),
  DisclosureRefused: event('DisclosureRefused', z.object({ ...aboutPerson, refusalId: uuid, ...decided })),
  EmergencyAccessOpened: event(
    'EmergencyAccessOpened',
    z.object({
      ...aboutPerson,
      accessId: uuid,
      agencyId,
      userId,
      supervisor: userId,
      harm: harms.schema,
      categories: z.array(dataCategories.schema),
      until: instant,
      reviewBy: instant,
      /** Not shown to the person: telling them would be dangerous. */
      unsafeToTell: z.boolean(),
    }),
  ),
  EmergencyAccessReviewed: event(
    'EmergencyAccessReviewed',
    z.object({ ...aboutPerson, accessId: uuid, reviewer: userId, justified: z.boolean() }),
  ),
  RecordViewed: recordViewedBy('consent'),
} as const;
