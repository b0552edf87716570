import { categoryOf, idOf, type RecordedEvent } from '@tsunagu/event-sourcing';
import type { ReadModel } from '@tsunagu/read-models';
import type { ReferralEvent } from '../referral/domain/events';
import { type NoticeLine, ReferralRow } from './referral-row.entity';

type EventOf<Type extends ReferralEvent['type']> = Extract<ReferralEvent, { type: Type }>;

export const referralRows: ReadModel<ReferralRow, RecordedEvent> = {
  name: 'referral-rows',
  entity: ReferralRow,
  keysOf: ({ stream }) => (categoryOf(stream) === 'referral' ? [idOf(stream)] : []),
  evolve: (row, recorded, id) => {
    const event = { type: recorded.type, data: recorded.data } as ReferralEvent;
    const at = { changedAt: recorded.recordedAt, revision: recorded.revision };
    if (event.type === 'ReferralDrafted') return drafted(id, event, recorded);
    return row && { ...row, ...change(row, event, recorded), ...at };
  },
};

function drafted(
  id: string,
  { data }: EventOf<'ReferralDrafted'>,
  { metadata, recordedAt, revision }: RecordedEvent,
): ReferralRow {
  const { parties: _, ...about } = data.about;
  return {
    id,
    ...about,
    openCall: about.toAgency === null,
    serviceId: data.serviceId ?? null,
    status: 'draft',
    reason: null,
    reasonOwner: null,
    withheld: null,
    requestedBy: metadata.actor.user,
    handledBy: null,
    draftedAt: recordedAt,
    sentAt: null,
    changedAt: recordedAt,
    deadline: null,
    overdue: false,
    notices: [],
    noticeDue: null,
    previousReferralId: data.previousReferralId ?? null,
    nextReferralId: null,
    revision,
  };
}

const ENDED = { deadline: null, overdue: false } as const;

function change(
  row: ReferralRow,
  event: Exclude<ReferralEvent, EventOf<'ReferralDrafted'>>,
  { metadata, recordedAt }: RecordedEvent,
): Partial<ReferralRow> {
  switch (event.type) {
    case 'ReferralWithheld':
      return { withheld: event.data.code };
    case 'OpenCallPosted':
    case 'ReferralSent':
      return { ...waiting('requested', event.data), sentAt: recordedAt, withheld: null };
    case 'ReferralClaimed':
      return {
        ...waiting('requested', event.data),
        toAgency: event.data.about.toAgency,
        handledBy: metadata.actor.user,
        withheld: null,
      };
    case 'InformationRequested':
      return { ...waiting('information-requested', event.data), handledBy: metadata.actor.user };
    case 'InformationProvided':
      return { ...waiting('requested', event.data), withheld: null };
    case 'ReferralAccepted':
      return { ...waiting('accepted', event.data), handledBy: metadata.actor.user };
    case 'ReferralStarted':
    case 'ReferralResumed':
      return { ...waiting('in-progress', event.data), reason: null, reasonOwner: null };
    case 'ReferralHeld':
      return { ...waiting('on-hold', event.data), ...reasonIn(event.data) };
    case 'ReferralRejected':
      return { status: 'rejected', ...reasonIn(event.data), ...ENDED, handledBy: metadata.actor.user };
    case 'ReferralFailed':
      return { status: 'failed', ...reasonIn(event.data), ...ENDED };
    case 'ReferralCancelled':
      return { status: 'cancelled', ...reasonIn(event.data), ...ENDED };
    case 'ReferralCompleted':
      return { status: 'completed', reason: null, reasonOwner: null, ...ENDED };
    case 'ReferralEnteredInError':
      return { status: 'entered-in-error', reason: null, reasonOwner: null, ...ENDED };
    case 'ReferralRerouted':
      return { nextReferralId: event.data.nextReferralId };
    case 'ReferralDeadlinePassed':
      return { overdue: true };
    case 'OutcomeReported':
      return {};
    case 'WithdrawalNotified':
    case 'AcknowledgementOverdue':
    case 'WithdrawalAcknowledged':
      return withNotices(noticesAfter(row.notices, event));
  }
}

const waiting = (status: ReferralRow['status'], { deadline }: { readonly deadline: string }) => ({
  status,
  deadline,
  overdue: false,
});

const reasonIn = ({ reason, reasonOwner }: Pick<EventOf<'ReferralHeld'>['data'], 'reason' | 'reasonOwner'>) => ({
  reason,
  reasonOwner,
});

function noticesAfter(
  notices: readonly NoticeLine[],
  event: EventOf<'WithdrawalNotified' | 'AcknowledgementOverdue' | 'WithdrawalAcknowledged'>,
): readonly NoticeLine[] {
  const { agency } = event.data;
  switch (event.type) {
    case 'WithdrawalNotified':
      return [...notices, { agency, deadline: event.data.deadline, acknowledged: false, overdue: false }];
    case 'AcknowledgementOverdue': {
      const { deadline } = event.data;
      return notices.map((one) =>
        one.agency === agency && one.deadline === deadline ? { ...one, overdue: true } : one,
      );
    }
    case 'WithdrawalAcknowledged':
      return notices.map((one) => (one.agency === agency ? { ...one, acknowledged: true } : one));
  }
}

const withNotices = (notices: readonly NoticeLine[]): Pick<ReferralRow, 'notices' | 'noticeDue'> => ({
  notices,
  noticeDue:
    notices
      .filter(({ acknowledged, overdue }) => !acknowledged && !overdue)
      .map(({ deadline }) => deadline)
      .sort()[0] ?? null,
});
