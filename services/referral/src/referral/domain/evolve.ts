import { never } from '@tsunagu/event-sourcing';
import type { CodedReason, Disclosure, ReferralEvent } from './events';
import type { Referral, ReferralRecord, ReferralState, WithdrawalNotice } from './state';

type EventOf<Type extends ReferralEvent['type']> = Extract<ReferralEvent, { type: Type }>;
type NoticeEvent = EventOf<'WithdrawalNotified' | 'AcknowledgementOverdue' | 'WithdrawalAcknowledged'>;

export function evolve(state: ReferralState, event: ReferralEvent): ReferralState {
  if (event.type === 'ReferralDrafted') return { status: 'draft', record: drafted(event) };
  if (state.status === 'absent') throw new Error(`${event.type} before ReferralDrafted`);
  return evolved(state, event);
}

function evolved(state: Referral, event: Exclude<ReferralEvent, EventOf<'ReferralDrafted'>>): Referral {
  const { record } = state;
  switch (event.type) {
    case 'OpenCallPosted':
      return { status: 'requested', record: waiting({ ...record, sent: true }, event.data) };
    case 'ReferralSent':
      return { status: 'requested', record: waiting(given({ ...record, sent: true }, event.data), event.data) };
    case 'ReferralClaimed':
      return { status: 'requested', record: waiting(given(claimed(record, event), event.data), event.data) };
    case 'InformationProvided':
      return { status: 'requested', record: waiting(given(record, event.data), event.data) };
    case 'InformationRequested':
      return {
        status: 'information-requested',
        question: event.data.question,
        record: waiting(record, event.data),
      };
    case 'ReferralAccepted':
      return { status: 'accepted', record: waiting(record, event.data) };
    case 'ReferralStarted':
    case 'ReferralResumed':
      return { status: 'in-progress', record: waiting(record, event.data) };
    case 'ReferralHeld':
      return { status: 'on-hold', ...reasonIn(event.data), record: waiting(record, event.data) };
    case 'ReferralRejected':
      return { status: 'rejected', ...reasonIn(event.data), record: settled(record) };
    case 'ReferralFailed':
      return { status: 'failed', ...reasonIn(event.data), record: settled(record) };
    case 'ReferralCancelled':
      return { status: 'cancelled', ...reasonIn(event.data), record: settled(record) };
    case 'ReferralEnteredInError':
      return { status: 'entered-in-error', record: settled(record) };
    case 'ReferralCompleted':
      return { status: 'completed', ...outcomeIn(event), record: settled(record) };
    case 'ReferralWithheld':
      return { ...state, record: { ...record, withheld: event.data.code } };
    case 'ReferralRerouted':
      return { ...state, record: { ...record, nextReferralId: event.data.nextReferralId } };
    case 'OutcomeReported':
      return { ...state, record: given(record, event.data) };
    case 'ReferralDeadlinePassed':
      return { ...state, record: { ...record, overdue: true } };
    case 'WithdrawalNotified':
    case 'AcknowledgementOverdue':
    case 'WithdrawalAcknowledged':
      return { ...state, record: { ...record, notices: noticesAfter(record.notices, event) } };
    default:
      return never(event);
  }
}

function drafted({ data: { about, ...rest } }: EventOf<'ReferralDrafted'>): ReferralRecord {
  const { parties: _, ...who } = about;
  const openCall = who.toAgency === null;
  return { about: who, ...rest, openCall, sent: false, disclosures: [], notices: [], deadline: null, overdue: false };
}

const waiting = (record: ReferralRecord, { deadline }: { readonly deadline: string }): ReferralRecord => ({
  ...record,
  deadline,
  overdue: false,
});

const settled = (record: ReferralRecord): ReferralRecord => ({ ...record, deadline: null, overdue: false });

const given = (record: ReferralRecord, { disclosure }: { readonly disclosure: Disclosure }): ReferralRecord => ({
  ...record,
  disclosures: [...record.disclosures, disclosure],
});

const claimed = (record: ReferralRecord, { data }: EventOf<'ReferralClaimed'>): ReferralRecord => ({
  ...record,
  about: { ...record.about, toAgency: data.about.toAgency },
  sector: data.sector,
});

const reasonIn = ({ reason, reasonOwner }: CodedReason): CodedReason => ({ reason, reasonOwner });

const outcomeIn = ({ data: { outcome, note } }: EventOf<'ReferralCompleted'>) =>
  note ? { outcome, note } : { outcome };

function noticesAfter(notices: readonly WithdrawalNotice[], event: NoticeEvent): readonly WithdrawalNotice[] {
  const { agency } = event.data;
  switch (event.type) {
    case 'WithdrawalNotified': {
      const { authorisationIds, deadline } = event.data;
      return [...notices, { agency, authorisationIds, deadline, acknowledged: false, overdue: false }];
    }
    case 'AcknowledgementOverdue':
      return notices.map((notice) =>
        notice.agency === agency && notice.deadline === event.data.deadline ? { ...notice, overdue: true } : notice,
      );
    case 'WithdrawalAcknowledged':
      return notices.map((notice) => (notice.agency === agency ? { ...notice, acknowledged: true } : notice));
    default:
      return never(event);
  }
}
