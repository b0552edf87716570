import { specFor } from '@tsunagu/testing';
import type { ReferralCommand } from './commands';
import type { ReferralEvent } from './events';
import { referral } from './referral';
import {
  cancelled,
  completed,
  draftedOpen,
  drafted,
  due,
  ended,
  grant,
  historyTo,
  notified,
  now,
  openCall,
  other,
  ownDraft,
  posted,
  receiver,
  outcomeDisclosure,
  returnGrant,
  sender,
  sent,
  accepted,
  toReceiver,
  withdraw,
} from './referral.fixtures';
import { liveStatuses } from './state';

const given = specFor(referral);
const acknowledge = (disposition: 'sealed' | 'deleted' | 'retained', by = receiver): ReferralCommand => ({
  type: 'AcknowledgeWithdrawal',
  by,
  now,
  disposition,
});
const acknowledged: ReferralEvent = {
  type: 'WithdrawalAcknowledged',
  data: { about: toReceiver, agency: receiver, disposition: 'deleted' },
};
const histories = Object.entries(historyTo).filter(([status]) => status !== 'draft');

describe('a withdrawal ends whatever rests on it', () => {
  it.each(histories.filter(([status]) => liveStatuses.some((live) => live === status)))(
    'ends a referral that is %s and asks the recipient what it did',
    (_, history) =>
      given(...history)
        .when(withdraw(grant))
        .then(ended, notified),
  );
  it.each(histories.filter(([status]) => !liveStatuses.some((live) => live === status)))(
    'leaves one that is %s as it ended, and still asks the recipient',
    (_, history) =>
      given(...history)
        .when(withdraw(grant))
        .then(notified),
  );
  it('leaves what rests on other grants', () => given(drafted, sent).when(withdraw(returnGrant)).thenNothing());
  it('happens once', () => given(drafted, sent, ended, notified).when(withdraw(grant)).thenNothing());
  it('asks nobody who was given nothing', () =>
    given(drafted)
      .when(withdraw())
      .then({
        type: 'ReferralCancelled',
        data: { about: ownDraft, reason: 'consent-withdrawn', reasonOwner: 'person', counted: null },
      }));
  it('ends an open call when everything is withdrawn', () =>
    given(draftedOpen, posted)
      .when(withdraw())
      .then({
        type: 'ReferralCancelled',
        data: {
          about: openCall,
          reason: 'consent-withdrawn',
          reasonOwner: 'person',
          counted: { need: 'isolation', sector: 'unknown' },
        },
      }));
  it('does nothing to a referral that does not exist', () => given().when(withdraw()).thenNothing());
});

describe('every recipient is asked, the sender for the outcome too', () => {
  const outcomeReported: ReferralEvent = {
    type: 'OutcomeReported',
    data: {
      about: toReceiver,
      outcome: 'need-met',
      disclosure: outcomeDisclosure,
    },
  };
  const senderNotified: ReferralEvent = {
    type: 'WithdrawalNotified',
    data: {
      about: toReceiver,
      agency: sender,
      authorisationIds: ['d6e4f5a7-3e8b-4c9d-9f0a-2b3c4d5e6f70'],
      deadline: due.acknowledgement,
    },
  };
  const history = [drafted, sent, accepted, completed, outcomeReported];
  it('under the return grant', () =>
    given(...history)
      .when(withdraw(returnGrant))
      .then(senderNotified));
  it('both, when everything is withdrawn', () =>
    given(...history)
      .when(withdraw())
      .then(notified, senderNotified));
  it('once each, whatever the order of withdrawals', () =>
    given(...history, senderNotified)
      .when(withdraw())
      .then(notified));
});

describe('a recipient says what it did with what it was given', () => {
  const told = [drafted, sent, ended, notified] as const;
  it('deleted it', () =>
    given(...told)
      .when(acknowledge('deleted'))
      .then(acknowledged));
  it('retains it only on a legal basis other than consent', () => {
    given(...told)
      .when(acknowledge('retained'))
      .thenRejected('legal-basis-missing');
    given(...told)
      .when({ ...acknowledge('retained'), legalBasis: 'consent' } as ReferralCommand)
      .thenRejected('legal-basis-missing');
    given(...told)
      .when({ ...acknowledge('retained'), legalBasis: 'statutory' } as ReferralCommand)
      .then({
        type: 'WithdrawalAcknowledged',
        data: { about: toReceiver, agency: receiver, disposition: 'retained', legalBasis: 'statutory' },
      });
  });
  it('once, and only when asked', () => {
    given(...told, acknowledged)
      .when(acknowledge('sealed'))
      .thenRejected('nothing-to-acknowledge');
    given(drafted, sent).when(acknowledge('sealed')).thenRejected('nothing-to-acknowledge');
    given(drafted, sent, cancelled).when(acknowledge('sealed')).thenRejected('nothing-to-acknowledge');
    given(...told)
      .when(acknowledge('sealed', sender))
      .thenRejected('nothing-to-acknowledge');
  });
  it('nobody else says it', () =>
    given(...told)
      .when(acknowledge('deleted', other))
      .thenRejected('not-your-step'));

  const overdue: ReferralEvent = {
    type: 'AcknowledgementOverdue',
    data: { about: toReceiver, agency: receiver, deadline: due.acknowledgement },
  };
  const pass = (at: string): ReferralCommand => ({
    type: 'PassDeadline',
    agency: receiver,
    deadline: due.acknowledgement,
    now: at,
  });
  it('is called overdue after the deadline, once', () => {
    given(...told)
      .when(pass('2026-11-30T16:59:59+09:00'))
      .thenNothing();
    given(...told)
      .when(pass('2026-11-30T17:00:00+09:00'))
      .then(overdue);
    given(...told, overdue)
      .when(pass('2026-12-01T17:00:00+09:00'))
      .thenNothing();
    given(...told, acknowledged)
      .when(pass('2026-12-01T17:00:00+09:00'))
      .thenNothing();
  });
  it('and can still be given late', () =>
    given(...told, overdue)
      .when(acknowledge('deleted'))
      .then(acknowledged));
});
