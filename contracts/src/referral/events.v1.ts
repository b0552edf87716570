import { z } from 'zod';
import { contractEvent } from '../envelope';
import { agencyId, area, instant, month, uuid } from '../ids';
import { aboutPerson, recordViewedBy } from '../platform/events.v1';
import { dataCategories, decisionCodes, dispositions } from '../vocabulary/consent';
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
const withReason = { reason: statusReasons.schema, reasonOwner: reasonOwners.schema };

export const referralEvents = {
  ReferralDrafted: event('ReferralDrafted', z.object({ ...aboutReferral, categories: z.array(dataCategories.schema) })),
  ReferralWithheld: event('ReferralWithheld', z.object({ ...aboutReferral, code: decisionCodes.schema })),
  ReferralSent: event(
    'ReferralSent',
    z.object({
      ...aboutReferral,
      authorisationId: uuid.nullable(),
      grantIds: z.array(uuid),
      categories: z.array(dataCategories.schema),
      deadline: instant,
    }),
  ),
  ReferralClaimed: event('ReferralClaimed', z.object({ ...aboutReferral, authorisationId: uuid })),
  InformationRequested: event('InformationRequested', z.object(aboutReferral)),
  InformationProvided: event('InformationProvided', z.object({ ...aboutReferral, authorisationId: uuid })),
  ReferralAccepted: event('ReferralAccepted', z.object(aboutReferral)),
  ReferralRejected: event('ReferralRejected', z.object({ ...aboutReferral, ...withReason })),
  ReferralStarted: event('ReferralStarted', z.object(aboutReferral)),
  ReferralHeld: event('ReferralHeld', z.object({ ...aboutReferral, ...withReason })),
  ReferralResumed: event('ReferralResumed', z.object(aboutReferral)),
  ReferralCompleted: event('ReferralCompleted', z.object({ ...aboutReferral, outcome: outcomes.schema })),
  ReferralFailed: event('ReferralFailed', z.object({ ...aboutReferral, ...withReason })),
  ReferralCancelled: event('ReferralCancelled', z.object({ ...aboutReferral, ...withReason })),
  ReferralRerouted: event('ReferralRerouted', z.object({ ...aboutReferral, nextReferralId: uuid })),
  ReferralEnteredInError: event('ReferralEnteredInError', z.object(aboutReferral)),
  ReferralDeadlinePassed: event('ReferralDeadlinePassed', z.object({ ...aboutReferral, status: z.string() })),
  /** The recipient must say by the deadline what it did with what it had been given. */
  WithdrawalNotified: event('WithdrawalNotified', z.object({ ...aboutReferral, agencyId, deadline: instant })),
  WithdrawalAcknowledged: event(
    'WithdrawalAcknowledged',
    z.object({ ...aboutReferral, agencyId, disposition: dispositions.schema }),
  ),
  OrganisationListed: event(
    'OrganisationListed',
    z.object({ organisationId: z.string(), name: z.string(), sector: sectors.schema }),
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
    z.object({ month, need: needs.schema, sector: sectors.schema, outcome: z.string() }),
  ),
  /** Somebody looked for help with this need in this area and the directory had nothing. */
  UnmetNeedCounted: fact('UnmetNeedCounted', z.object({ month, need: needs.schema, area })),
} as const;
