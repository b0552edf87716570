import { z } from 'zod';
import { agencyId, instant, userId, uuid } from '../ids';
import { dataCategories, decisionCodes, dispositions, legalBases, purposes } from '../vocabulary/consent';
import { needs } from '../vocabulary/consultation';
import { outcomes, reasonOwners, referralStatuses, statusReasons } from '../vocabulary/referral';

const text = z.string().trim().min(1).max(4_000);
const categories = z
  .array(dataCategories.schema)
  .min(1)
  .max(dataCategories.codes.length)
  .refine((codes) => new Set(codes).size === codes.length, 'Name each category once.');

/** Whom to ask: one agency, or every agency (an open call, which the first to claim it gets). */
const addressee = { toAgency: agencyId.optional(), openCall: z.literal(true).optional() };
const oneAddressee = ({ toAgency, openCall }: { toAgency?: string | undefined; openCall?: true | undefined }) =>
  (toAgency === undefined) !== (openCall === undefined);
const oneAddresseeHint = {
  path: ['toAgency'],
  error: 'Name the receiving agency, or ask everybody with openCall: true.',
};

export const DraftReferral = z
  .strictObject({
    personId: uuid,
    need: needs.schema.describe('What should change'),
    categories: categories.describe('What to pass on. All of it must be consented to, or nothing is sent.'),
    ...addressee,
    serviceId: z
      .string()
      .min(1)
      .max(128)
      .optional()
      .describe('Service or activity of the directory, where one is meant'),
    note: text
      .optional()
      .describe('In your own words. Sealed; the receiver reads it only under the category consultation-content.'),
  })
  .refine(oneAddressee, oneAddresseeHint)
  .meta({
    title: 'DraftReferral',
    example: {
      personId: '0193b1c4-5a52-4c8e-9a55-0d4f6c1f7a01',
      need: 'isolation',
      categories: ['identity', 'needs'],
      toAgency: 'hidamari-npo',
    },
  });
export type DraftReferral = z.infer<typeof DraftReferral>;

export const RerouteReferral = z
  .strictObject({ ...addressee, serviceId: z.string().min(1).max(128).optional() })
  .refine(oneAddressee, oneAddresseeHint)
  .meta({ title: 'RerouteReferral', example: { toAgency: 'niji-kodomo-shokudo' } });
export type RerouteReferral = z.infer<typeof RerouteReferral>;

export const RequestInformation = z
  .strictObject({ question: text.describe('What you need to know. Sealed.') })
  .meta({ title: 'RequestInformation', example: { question: 'いつごろ電話するのがよいでしょうか。' } });

export const ProvideInformation = z
  .strictObject({
    answer: text.describe('Sealed for the receiver.'),
    categories: categories
      .optional()
      .describe(
        'What the answer tells; also passes on these categories where not yet given. Default: those of the referral.',
      ),
  })
  .meta({ title: 'ProvideInformation', example: { answer: '平日の午後でしたら電話に出られます。' } });

export const ReferralReason = z
  .strictObject({
    reason: statusReasons.schema,
    reasonOwner: reasonOwners.schema.describe('Whose reason it is'),
  })
  .meta({ title: 'ReferralReason', example: { reason: 'no-capacity', reasonOwner: 'agency' } });

export const CompleteReferral = z
  .strictObject({
    outcome: outcomes.schema,
    note: text.optional().describe('Sealed; the sender reads it with the outcome, under the return grant.'),
  })
  .meta({ title: 'CompleteReferral', example: { outcome: 'need-met' } });

export const AcknowledgeWithdrawal = z
  .strictObject({
    disposition: dispositions.schema.describe('What you did with what you had been given'),
    legalBasis: legalBases.schema.exclude(['consent']).optional().describe('Required when it is retained'),
  })
  .refine(({ disposition, legalBasis }) => disposition !== 'retained' || legalBasis !== undefined, {
    path: ['legalBasis'],
    error: 'Name the legal basis on which the data is retained.',
  })
  .meta({ title: 'AcknowledgeWithdrawal', example: { disposition: 'deleted' } });

/** Answer of every command. */
export const ReferralChanged = z.object({
  id: uuid,
  revision: z.number().int(),
  status: referralStatuses.schema,
  threadId: uuid,
  deadline: instant.nullable().describe('When the status is overdue'),
  authorisationId: uuid.optional().describe('What the disclosure of this command rests on'),
  nextReferralId: uuid.optional().describe('After re-routing: the new draft, in the same thread'),
});
export type ReferralChanged = z.infer<typeof ReferralChanged>;

const minRevision = z.coerce.number().int().nonnegative().optional();
const limit = z.coerce.number().int().min(1).max(200).default(50);

export const FindReferrals = z.strictObject({
  box: z.enum(['in', 'out']).optional().describe('Received by, or sent by, your agency; both when absent'),
  status: referralStatuses.schema.optional(),
  mine: z.stringbool().optional().describe('Only those that you drafted or took on'),
  due: z
    .stringbool()
    .optional()
    .describe('Only those whose deadline has passed, or that wait for your acknowledgement'),
  personId: uuid.optional(),
  before: z.string().max(200).optional().describe('`next` of the page before'),
  limit,
});
export type FindReferrals = z.infer<typeof FindReferrals>;

export const FindOpenCalls = z.strictObject({ before: z.string().max(200).optional(), limit });
export type FindOpenCalls = z.infer<typeof FindOpenCalls>;

export const ReferralAtRevision = z.strictObject({
  minRevision: minRevision.describe('Wait until this revision is visible'),
});

/** One line of a worklist: ids, codes and dates, nothing about what the person told. */
export const ReferralLine = z.object({
  id: uuid,
  threadId: uuid,
  personId: uuid,
  fromAgency: agencyId,
  toAgency: agencyId.nullable(),
  openCall: z.boolean(),
  status: referralStatuses.schema,
  reason: statusReasons.schema.nullable(),
  reasonOwner: reasonOwners.schema.nullable(),
  withheld: decisionCodes.schema.nullable().describe('Why consent did not permit the last attempt to send'),
  requestedBy: userId,
  handledBy: userId.nullable(),
  draftedAt: instant,
  sentAt: instant.nullable(),
  changedAt: instant,
  deadline: instant.nullable(),
  overdue: z.boolean(),
  acknowledgeBy: instant.nullable().describe('A withdrawal waits for your acknowledgement until then'),
  previousReferralId: uuid.nullable(),
  nextReferralId: uuid.nullable(),
  revision: z.number().int(),
});
export type ReferralLine = z.infer<typeof ReferralLine>;

/** What every agency may know of an open call: who asks and until when; not who it is about, nor what for. */
export const OpenCallLine = z.object({
  id: uuid,
  fromAgency: agencyId,
  serviceId: z.string().nullable(),
  sentAt: instant,
  deadline: instant,
});
export type OpenCallLine = z.infer<typeof OpenCallLine>;

/** The sender's view holds its own words; the receiver reads what it was given at `/disclosure`. */
export const ReferralView = z.object({
  ...ReferralLine.omit({
    acknowledgeBy: true,
    changedAt: true,
    draftedAt: true,
    sentAt: true,
    requestedBy: true,
    handledBy: true,
  }).shape,
  categories: z.array(dataCategories.schema).describe('What the sender asked to pass on'),
  need: needs.schema.optional().describe('Shown to the sender only; the receiver finds it in the disclosure'),
  serviceId: z.string().nullable(),
  note: z.string().optional(),
  question: z.string().optional().describe('What the receiver wants to know'),
  disclosures: z.array(
    z.object({ agency: agencyId, authorisationId: uuid, categories: z.array(dataCategories.schema) }),
  ),
  withdrawals: z.array(
    z.object({ agency: agencyId, deadline: instant, acknowledged: z.boolean(), overdue: z.boolean() }),
  ),
});
export type ReferralView = z.infer<typeof ReferralView>;

export const ReferralDisclosureQuery = z.strictObject({
  purpose: purposes.schema.extract(['referral', 'support']).default('referral').describe('What you read it for'),
});

export const ReferralDisclosure = z.object({
  referralId: uuid,
  personId: uuid,
  authorisationId: uuid.describe('The decision that allowed this very read'),
  fields: z.partialRecord(dataCategories.schema, z.unknown()).describe('What was passed on, by category'),
  notes: z.array(z.string()).describe("The sender's own words and answers"),
});
export type ReferralDisclosure = z.infer<typeof ReferralDisclosure>;

export const ReferralOutcome = z.object({
  referralId: uuid,
  personId: uuid,
  authorisationId: uuid,
  outcome: outcomes.schema,
  note: z.string().optional(),
});
export type ReferralOutcome = z.infer<typeof ReferralOutcome>;
