import { Rejection } from '@tsunagu/event-sourcing';
import type { AcknowledgeWithdrawal, EndForWithdrawal, PassDeadline } from './commands';
import { deadlineFor } from './deadlines';
import type { CodedReason, Counted, Disclosure, ReferralEvent } from './events';
import { aboutOf, isLive, type Referral, type ReferralRecord } from './state';

type Events = readonly ReferralEvent[];

/**
 * Never refused, whatever the status: ends what is live and asks everybody who was given something under these grants
 * what they did with it, once per disclosure.
 */
export function endForWithdrawal({ grants, now }: EndForWithdrawal, state: Referral): Events {
  const { disclosures } = state.record;
  const hit = ({ grantIds }: Disclosure) => grants === 'all' || grantIds.some((id) => grants.includes(id));
  const ends = isLive(state) && (grants === 'all' || disclosures.some(hit));
  const due = disclosures.filter((disclosure) => hit(disclosure) && !isWithdrawn(state.record, disclosure));
  const agencies = [...new Set(due.map(({ agency }) => agency))];
  const notices = agencies.map((agency): ReferralEvent => {
    const authorisationIds = due.filter((one) => one.agency === agency).map((one) => one.authorisationId);
    const deadline = deadlineFor('acknowledgement', now);
    return { type: 'WithdrawalNotified', data: { about: aboutOf(state.record), agency, authorisationIds, deadline } };
  });
  return ends ? [cancelled(state, { reason: 'consent-withdrawn', reasonOwner: 'person' }), ...notices] : notices;
}

/** Its consent was withdrawn: whatever is decided about the person later, this may not be read again. */
export const isWithdrawn = ({ notices }: Pick<ReferralRecord, 'notices'>, { authorisationId }: Disclosure): boolean =>
  notices.some(({ authorisationIds }) => authorisationIds.includes(authorisationId));

export function acknowledge({ by, disposition, legalBasis }: AcknowledgeWithdrawal, state: Referral): Events {
  if (!state.record.notices.some((notice) => notice.agency === by && !notice.acknowledged)) {
    throw new Rejection('nothing-to-acknowledge', 'No withdrawal waits for your acknowledgement here.');
  }
  if (disposition === 'retained' && (legalBasis === undefined || legalBasis === 'consent')) {
    throw new Rejection('legal-basis-missing', 'Name the legal basis on which the data is retained.', 'legalBasis');
  }
  const basis = disposition === 'retained' && legalBasis ? { legalBasis } : {};
  return [
    { type: 'WithdrawalAcknowledged', data: { about: aboutOf(state.record), agency: by, disposition, ...basis } },
  ];
}

export function passDeadline({ deadline, agency, now }: PassDeadline, state: Referral): Events {
  if (Date.parse(deadline) > Date.parse(now)) return [];
  const about = aboutOf(state.record);
  if (agency !== undefined) {
    const pending = state.record.notices.some(
      (notice) => notice.agency === agency && notice.deadline === deadline && !notice.acknowledged && !notice.overdue,
    );
    return pending ? [{ type: 'AcknowledgementOverdue', data: { about, agency, deadline } }] : [];
  }
  if (!isLive(state) || state.record.deadline !== deadline || state.record.overdue) return [];
  return [{ type: 'ReferralDeadlinePassed', data: { about, status: state.status, deadline } }];
}

export function cancelled(state: Referral, reason: CodedReason): ReferralEvent {
  return {
    type: 'ReferralCancelled',
    data: { about: aboutOf(state.record), ...reason, counted: counted(state.record) },
  };
}

/** A draft that never left is nobody's outcome. */
export const counted = ({ sent, need, sector }: ReferralRecord): Counted => (sent ? { need, sector } : null);
