import { z } from 'zod';
import { agencyId, instant, slug, userId, uuid } from '../ids';
import {
  actions,
  dataCategories,
  decisionCodes,
  grantForms,
  harms,
  legalBases,
  purposes,
  representativeRelationships,
} from '../vocabulary/consent';
import { noticeLanguages } from '../vocabulary/languages';
import { grantRecipient } from './events.v1';

const noticeLanguage = z.enum(noticeLanguages);
const name = z.string().trim().min(1).max(200);

export const PublishNotice = z
  .strictObject({
    noticeId: slug.describe('Short stable name. Publishing again under it makes the next version.').meta({
      example: 'sharing-between-agencies',
    }),
    texts: z
      .array(
        z.strictObject({
          language: noticeLanguage,
          title: z.string().trim().min(1).max(200),
          body: z.string().trim().min(1).max(20_000),
        }),
      )
      .min(1)
      .max(noticeLanguages.length)
      .describe('One text for each language; later versions lose none.'),
  })
  .meta({ title: 'PublishNotice' });

export const NoticeQuery = z.strictObject({
  version: z.coerce.number().int().positive().optional().describe('Without it: the latest.'),
  language: noticeLanguage.optional().describe('Without it: every language.'),
});

export const GrantConsent = z
  .strictObject({
    effect: z.enum(['permit', 'deny']).describe('A denial beats every permit, older or newer.'),
    purposes: z.array(purposes.schema).min(1).max(purposes.codes.length),
    categories: z.array(dataCategories.schema).min(1).max(dataCategories.codes.length),
    recipients: z
      .array(grantRecipient)
      .min(1)
      .max(50)
      .describe('Agencies by id, or every agency on the platform.')
      .meta({ example: [{ agency: 'hidamari-npo' }] }),
    actions: z.array(actions.schema).min(1).max(actions.codes.length),
    from: instant.optional().describe('First instant at which it holds; without it: now.'),
    until: instant
      .optional()
      .describe('First instant at which it no longer holds. A permit must name one, at most two years from now.'),
    form: grantForms.schema.describe('`digital` by the person themselves; `written` and `verbal` by a caseworker.'),
    notice: z
      .strictObject({ id: slug, version: z.number().int().positive(), language: noticeLanguage })
      .optional()
      .describe('The text that was read, and in which language. A permit must name one.'),
    representative: z
      .strictObject({
        relationship: representativeRelationships.schema,
        validUntil: instant.describe('When the mandate ends; what it permits ends then too.'),
        name: name.describe('Sealed.'),
      })
      .optional()
      .describe('Who gave it for the person; without it: the person.'),
    witness: z
      .union([z.strictObject({ worker: userId }), z.strictObject({ name: name.describe('Sealed.') })])
      .optional()
      .describe('Needed for verbal consent; never who records it.'),
  })
  .meta({ title: 'GrantConsent' });
export type GrantConsentBody = z.infer<typeof GrantConsent>;

export const WithdrawConsent = z
  .strictObject({
    grantIds: z
      .union([z.literal('all'), z.array(uuid).min(1).max(100)])
      .describe('`all` ends every permit and leaves refusals standing.'),
  })
  .meta({ title: 'WithdrawConsent' });

/** Codes are free text here on purpose: a question that names an unknown one is answered: refused, and why. */
const code = z.string().max(64).optional();

export const AskDecision = z
  .strictObject({
    personId: uuid,
    recipient: z.strictObject({ agency: code, user: z.string().max(128).optional(), role: code }).optional(),
    purpose: code,
    categories: z.array(z.string().max(64)).max(32).optional(),
    action: code,
    legalBasis: code,
    at: instant.optional().describe('The instant asked about; without it: now.'),
    knownAt: instant.optional().describe('Only what had been recorded by then counts; without it: all that is known.'),
  })
  .meta({ title: 'AskDecision' });

/** Between services: authorise one disclosure, or put its refusal on the record. */
export const Authorise = z
  .strictObject({
    personId: uuid,
    recipient: z.strictObject({ agency: agencyId, user: userId, role: z.string().min(1).max(64) }),
    purpose: purposes.schema,
    categories: z.array(dataCategories.schema).min(1).describe('All of them must be permitted.'),
    action: actions.schema,
    legalBasis: legalBases.schema,
    subject: z.string().min(1).max(64).describe('What it is for.').meta({ example: 'referral' }),
    subjectId: z.string().min(1).max(128),
    discloserAgency: agencyId.optional().describe('The agency that gives; absent when the recipient reads again.'),
  })
  .meta({ title: 'Authorise' });

export const Explanation = z.object({
  matched: z.array(z.object({ grantId: uuid, effect: z.enum(['permit', 'deny']) })),
  unmatched: z
    .array(z.object({ grantId: uuid, failedOn: z.string() }))
    .describe('Each with the first dimension in which it differs from the request.'),
  missing: z.array(z.string()).describe('Request fields that are missing or hold an unknown code.'),
  restsOn: z.string().optional().describe('Statutory basis or emergency access that permits instead of grants.'),
});

const decided = {
  code: decisionCodes.schema,
  policyVersion: z.string(),
  consentRevision: z.number().int().describe('Revision of the consent stream that was decided on; -1: nothing yet.'),
  explanation: Explanation,
};

export const AuthorisationAnswer = z
  .discriminatedUnion('outcome', [
    z.object({
      outcome: z.literal('permitted'),
      authorisationId: uuid,
      grantIds: z.array(uuid),
      until: instant,
      obligations: z.array(z.string()),
      ...decided,
    }),
    z.object({ outcome: z.literal('refused'), refusalId: uuid, ...decided }),
  ])
  .meta({ title: 'AuthorisationAnswer' });
export type AuthorisationAnswer = z.infer<typeof AuthorisationAnswer>;

export const OpenEmergencyAccess = z
  .strictObject({
    harm: harms.schema,
    description: z.string().trim().min(10).max(2_000).describe('What you saw or were told. Sealed.'),
    categories: z.array(dataCategories.schema).min(1).describe('At most two.'),
    hours: z.number().positive().describe('At most four.'),
    supervisor: userId.describe('Whom you told, today; somebody else.'),
    unsafeToTell: z.boolean().default(false).describe('Telling the person would itself be dangerous.'),
  })
  .meta({ title: 'OpenEmergencyAccess' });
export type OpenEmergencyAccessBody = z.infer<typeof OpenEmergencyAccess>;

export const ReviewEmergencyAccess = z
  .strictObject({ justified: z.boolean() })
  .meta({ title: 'ReviewEmergencyAccess' });

/** Queries of a read model: `minRevision` waits until your own write can be seen. */
export const MinRevision = z.strictObject({ minRevision: z.coerce.number().int().nonnegative().optional() });

export const AuthorisationsQuery = z.strictObject({
  minRevision: z.coerce.number().int().nonnegative().optional(),
  before: z.coerce.number().int().nonnegative().optional().describe('Only what was recorded before this revision.'),
});

export const ReplayQuery = z.strictObject({ personId: uuid.optional() });

export const EmergencyAccessesQuery = z.strictObject({ unreviewed: z.enum(['true', 'false']).optional() });

/** From intake: the person's data are being erased. */
export const EraseConsents = z.strictObject({ erasureId: uuid });
