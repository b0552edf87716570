import { z } from 'zod';
import { contractEvent } from '../envelope';
import { agencyId, instant, userId, uuid } from '../ids';
import { aboutPerson, recordViewedBy } from '../platform/events.v1';
import { actions, dataCategories, decisionCodes, grantForms, legalBases, purposes } from '../vocabulary/consent';

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
      noticeId: z.string(),
      noticeVersion: z.number().int(),
      noticeLanguage: z.string(),
      byRepresentative: z.boolean(),
    }),
  ),
  /** No disclosure resting on these grants is authorised after this; what was given must be acknowledged. */
  ConsentWithdrawn: event('ConsentWithdrawn', z.object({ ...aboutPerson, grantIds: z.array(uuid) })),
  DisclosureAuthorised: event(
    'DisclosureAuthorised',
    z.object({ ...aboutPerson, authorisationId: uuid, grantIds: z.array(uuid), ...decided }),
  ),
  DisclosureRefused: event('DisclosureRefused', z.object({ ...aboutPerson, refusalId: uuid, ...decided })),
  EmergencyAccessOpened: event(
    'EmergencyAccessOpened',
    z.object({ ...aboutPerson, accessId: uuid, agencyId, categories: z.array(dataCategories.schema), until: instant }),
  ),
  EmergencyAccessReviewed: event(
    'EmergencyAccessReviewed',
    z.object({ ...aboutPerson, accessId: uuid, justified: z.boolean() }),
  ),
  RecordViewed: recordViewedBy('consent'),
} as const;
