import { type CloudEvent, type DataOf, referralEvents } from '@tsunagu/contracts';
import type { ReadModel } from '@tsunagu/read-models';
import { dataOf } from '../bus-facts';
import { HandoffRow } from './handoffs.entity';

type AboutReferral = DataOf<typeof referralEvents.ReferralAccepted>;

/** Statuses that say how a referral stands; other events about it leave its status. */
const statuses = new Map<string, string>(
  Object.entries({
    ReferralDrafted: 'drafted',
    ReferralWithheld: 'withheld',
    ReferralSent: 'sent',
    ReferralClaimed: 'claimed',
    ReferralAccepted: 'accepted',
    ReferralRejected: 'rejected',
    ReferralStarted: 'started',
    ReferralHeld: 'held',
    ReferralResumed: 'started',
    ReferralCompleted: 'completed',
    ReferralFailed: 'failed',
    ReferralCancelled: 'cancelled',
    ReferralRerouted: 'rerouted',
    ReferralEnteredInError: 'entered-in-error',
  } satisfies { readonly [Name in keyof typeof referralEvents]?: string }).map(([name, status]) => [
    referralEvents[name as keyof typeof referralEvents].type,
    status,
  ]),
);

/** One row a referral, the same in whatever order its events come: each field has one source, the status the latest. */
export const handoffRows: ReadModel<HandoffRow, CloudEvent> = {
  name: 'handoffs',
  entity: HandoffRow,
  keysOf: (event) => {
    const about = referralIn(event);
    return about ? [about.referralId] : [];
  },
  evolve: (row, event) => {
    const about = referralIn(event);
    if (!about) return row;
    const before = row ?? unheard(about);
    return { ...before, ...standing(before, event, about), ...given(before, event), ...withdrawal(event) };
  },
};

function referralIn({ source, data }: CloudEvent): AboutReferral | undefined {
  return source === '/tsunagu/referral' && typeof data === 'object' && data !== null && 'threadId' in data
    ? (data as AboutReferral)
    : undefined;
}

function standing(before: HandoffRow, event: CloudEvent, about: AboutReferral): Partial<HandoffRow> {
  const parties = [...new Set([...before.parties, ...about.parties])].sort();
  const toAgency = before.toAgency ?? about.toAgency;
  const status = statuses.get(event.type);
  if (status === undefined || event.revision < before.revision) return { parties, toAgency };
  const { reason = null } = event.data as { readonly reason?: string };
  return { parties, toAgency, status, reason, revision: event.revision };
}

function given(before: HandoffRow, event: CloudEvent): Partial<HandoffRow> {
  const drafted = dataOf(event, referralEvents.ReferralDrafted);
  if (drafted && before.givenAt === null) return { categories: drafted.categories };
  const sent = dataOf(event, referralEvents.ReferralSent);
  if (sent?.authorisationId) return { sentAt: new Date(event.time), ...rest(event, sent.authorisationId, sent) };
  if (sent) return { sentAt: new Date(event.time) };
  const claimed = dataOf(event, referralEvents.ReferralClaimed);
  if (claimed) return rest(event, claimed.authorisationId, claimed);
  const reported = dataOf(event, referralEvents.OutcomeReported);
  return reported ? { outcome: reported.outcome } : {};
}

const rest = (
  event: CloudEvent,
  authorisationId: string,
  { grantIds, categories }: Pick<HandoffRow, 'grantIds' | 'categories'>,
): Partial<HandoffRow> => ({ givenAt: new Date(event.time), authorisationId, grantIds, categories });

function withdrawal(event: CloudEvent): Partial<HandoffRow> {
  const notified = dataOf(event, referralEvents.WithdrawalNotified);
  if (notified) return { withdrawalNotifiedAt: new Date(event.time), acknowledgeBy: new Date(notified.deadline) };
  const acknowledged = dataOf(event, referralEvents.WithdrawalAcknowledged);
  return acknowledged ? { acknowledgedAt: new Date(event.time), disposition: acknowledged.disposition } : {};
}

const unheard = ({ referralId, threadId, personId, fromAgency }: AboutReferral): HandoffRow => ({
  ...{ referralId, threadId, personId, fromAgency },
  toAgency: null,
  sentAt: null,
  givenAt: null,
  authorisationId: null,
  grantIds: [],
  categories: [],
  status: 'heard-of',
  outcome: null,
  reason: null,
  withdrawalNotifiedAt: null,
  acknowledgeBy: null,
  acknowledgedAt: null,
  disposition: null,
  parties: [],
  revision: -1,
});
