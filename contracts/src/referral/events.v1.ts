import { z } from 'zod';
import { contractEvent } from '../envelope';
import { agencyId, area, instant, month, uuid } from '../ids';
import { aboutPerson, recordViewedBy } from '../platform/events.v1';
import { dataCategories, decisionCodes, dispositions, legalBases } from '../vocabulary/consent';
import { needs } from '../vocabulary/consultation';
import { sectors } from '../vocabulary/people';
import { modes, outcomes, reasonOwners, serviceKinds, serviceStatuses, statusReasons } from '../vocabulary/referral';

const event = <S extends z.ZodType>(name: string, schema: S) => contractEvent('referral', 'events', name, 1, schema);
const fact = <S extends z.ZodType>(name: string, schema: S) => contractEvent('referral', 'facts', name, 1, schema);
/** `threadId` stays the same when a referral is re-routed. `toAgency` is null for an open call that nobody claimed yet. */
const aboutReferral = {
  ...aboutPerson,
  referralId: uuid,
  threadId: uuid,
  fromAgency: agencyId,
  toAgency: agencyId.nullable(),
};
/** A disclosure: what it rests on, and exactly the categories that were given. */
const given = { authorisationId: uuid, grantIds: z.array(uuid), categories: z.array(dataCategories.schema) };
const withReason = { reason: statusReasons.schema, reasonOwner: reasonOwners.schema };

export const referralEvents = {
  ReferralDrafted: event('ReferralDrafted', z.object({ ...aboutReferral, categories: z.array(dataCategories.schema) })),
  ReferralWithheld: event('ReferralWithheld', z.object({ ...aboutReferral, code: decisionCodes.schema })),
  ReferralSent: event(
    'ReferralSent',
    z.object({
      ...aboutReferral,
      ...given,
      /** Null for an open call: nothing is disclosed before it is claimed. */
      authorisationId: uuid.nullable(),
      deadline: instant,
    }),
  ),
  ReferralClaimed: event('ReferralClaimed', z.object({ ...aboutReferral, ...given })),
  InformationRequested: event('InformationRequested', z.object(aboutReferral)),
  InformationProvided: event('InformationProvided', z.object({ ...aboutReferral, ...given })),
  ReferralAccepted: event('ReferralAccepted', z.object(aboutReferral)),
  ReferralRejected: event('ReferralRejected', z.object({ ...aboutReferral, ...withReason })),
  ReferralStarted: event('ReferralStarted', z.object(aboutReferral)),
  ReferralHeld: event('ReferralHeld', z.object({ ...aboutReferral, ...withReason })),
  ReferralResumed: event('ReferralResumed', z.object(aboutReferral)),
  /** How it ended for the person is the receiver's to know; the sender learns it under the return grant: OutcomeReported. */
  ReferralCompleted: event('ReferralCompleted', z.object(aboutReferral)),
  OutcomeReported: event(
    'OutcomeReported',
    z.object({ ...aboutReferral, authorisationId: uuid, grantIds: z.array(uuid), outcome: outcomes.schema }),
  ),
  ReferralFailed: event('ReferralFailed', z.object({ ...aboutReferral, ...withReason })),
  ReferralCancelled: event('ReferralCancelled', z.object({ ...aboutReferral, ...withReason })),
  ReferralRerouted: event('ReferralRerouted', z.object({ ...aboutReferral, nextReferralId: uuid })),
  ReferralEnteredInError: event('ReferralEnteredInError', z.object(aboutReferral)),
  ReferralDeadlinePassed: event('ReferralDeadlinePassed', z.object({ ...aboutReferral, status: z.string() })),
  /** The recipient must say by the deadline what it did with what it had been given. */
  WithdrawalNotified: event('WithdrawalNotified', z.object({ ...aboutReferral, agencyId, deadline: instant })),
  AcknowledgementOverdue: event('AcknowledgementOverdue', z.object({ ...aboutReferral, agencyId, deadline: instant })),
  WithdrawalAcknowledged: event(
    'WithdrawalAcknowledged',
    z.object({
      ...aboutReferral,
      agencyId,
      disposition: dispositions.schema,
      legalBasis: legalBases.schema.optional(),
    }),
  ),
  OrganisationListed: event(
    'OrganisationListed',
    z.object({
      organisationId: z.string(),
      name: z.string(),
      sector: sectors.schema,
      /** The agency on the platform that runs it, where one does. */
      managedBy: agencyId.optional(),
    }),
  ),
  ServiceListed: event(
    'ServiceListed',
    z.object({
      serviceId: z.string(),
      organisationId: z.string(),
      kind: serviceKinds.schema,
      name: z.string(),
      area: area.nullable(),
    }),
  ),
  ServiceStatusChanged: event(
    'ServiceStatusChanged',
    z.object({ serviceId: z.string(), status: serviceStatuses.schema, modes: z.array(modes.schema) }),
  ),
  RecordViewed: recordViewedBy('referral'),
} as const;

export const referralFacts = {
  ReferralOutcomeCounted: fact(
    'ReferralOutcomeCounted',
    z.object({
      month,
      need: needs.schema,
      /** Of the receiver. */
      sector: sectors.schema.or(z.literal('unknown')),
      /** An outcome code, `rejected`, `failed`, `cancelled:<reason>` or `withheld`. */
      outcome: z.string(),
    }),
  ),
  /** Somebody looked for help with this need in this area and the directory had nothing. */
  UnmetNeedCounted: fact('UnmetNeedCounted', z.object({ month, need: needs.schema, area })),
} as const;
