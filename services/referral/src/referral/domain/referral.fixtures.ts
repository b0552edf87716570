import type { Decision, ReferralCommand } from './commands';
import type { About, Disclosure, ReferralEvent } from './events';

export const now = '2026-11-20T10:00:00+09:00';
export const person = '7d1f3f6e-52a4-4f1c-9a35-0f2b7d3f9a01';
export const thread = '0c9b8a7d-6e5f-4d3c-8b2a-1f0e9d8c7b6a';
export const grant = 'a3f1c2d4-0b5e-4f6a-8c7d-9e0f1a2b3c4d';
export const returnGrant = 'b4e2d3c5-1c6f-4a7b-9d8e-0f1a2b3c4d5e';
export const sender = 'tsumugi-city-desk';
export const receiver = 'hidamari-npo';
export const other = 'aoba-clinic';

const base = { personId: person, threadId: thread, fromAgency: sender };
export const toReceiver: About = { ...base, toAgency: receiver, parties: [sender, receiver] };
export const ownDraft: About = { ...base, toAgency: receiver, parties: [sender] };
export const openCall: About = { ...base, toAgency: null, parties: [sender] };

export const disclosure: Disclosure = {
  agency: receiver,
  authorisationId: 'c5d3e4f6-2d7a-4b8c-8e9f-1a2b3c4d5e6f',
  grantIds: [grant],
  fields: { identity: { sealed: 'identity' }, needs: { sealed: 'needs' } },
};
export const permitted: Extract<Decision, { outcome: 'permitted' }> = {
  outcome: 'permitted',
  categories: ['identity', 'needs'],
  until: '2027-11-20T00:00:00+09:00',
  disclosure,
};
export const refused = (code: 'no-consent' | 'consent-withdrawn', agency = receiver): Decision => ({
  outcome: 'refused',
  agency,
  code,
  explanation: null,
});
export const outcomeDisclosure: Disclosure = {
  agency: sender,
  authorisationId: 'd6e4f5a7-3e8b-4c9d-9f0a-2b3c4d5e6f70',
  grantIds: [returnGrant],
  fields: {},
};
export const reported: Decision = {
  outcome: 'permitted',
  categories: ['outcome'],
  until: '2027-11-20T00:00:00+09:00',
  disclosure: outcomeDisclosure,
};

export const draft = { need: 'isolation', sector: 'npo', categories: ['identity', 'needs'] } as const;
const counted = { need: 'isolation', sector: 'npo' } as const;
const noCapacity = { reason: 'no-capacity', reasonOwner: 'agency' } as const;

/** Closes of business after 20 November 2026, a Friday before the long weekend of Labour Thanksgiving Day. */
export const due = {
  requested: '2026-11-26T08:00:00.000Z',
  accepted: '2026-11-30T08:00:00.000Z',
  inProgress: '2027-02-24T08:00:00.000Z',
  onHold: '2026-12-21T08:00:00.000Z',
  acknowledgement: '2026-11-30T08:00:00.000Z',
} as const;

const about = toReceiver;
export const drafted: ReferralEvent = { type: 'ReferralDrafted', data: { about: ownDraft, ...draft } };
export const draftedOpen: ReferralEvent = {
  type: 'ReferralDrafted',
  data: { about: openCall, ...draft, sector: 'unknown' },
};
export const posted: ReferralEvent = { type: 'OpenCallPosted', data: { about: openCall, deadline: due.requested } };
export const sent: ReferralEvent = { type: 'ReferralSent', data: { about, deadline: due.requested, disclosure } };
export const claimed: ReferralEvent = {
  type: 'ReferralClaimed',
  data: { about, deadline: due.requested, sector: 'npo', disclosure },
};
export const asked: ReferralEvent = {
  type: 'InformationRequested',
  data: { about, deadline: due.requested, question: { sealed: 'question' } },
};
export const answered: ReferralEvent = {
  type: 'InformationProvided',
  data: { about, deadline: due.requested, disclosure },
};
export const accepted: ReferralEvent = { type: 'ReferralAccepted', data: { about, deadline: due.accepted } };
export const rejected: ReferralEvent = { type: 'ReferralRejected', data: { about, ...noCapacity, counted } };
export const started: ReferralEvent = { type: 'ReferralStarted', data: { about, deadline: due.inProgress } };
export const held: ReferralEvent = { type: 'ReferralHeld', data: { about, deadline: due.onHold, ...noCapacity } };
export const resumed: ReferralEvent = { type: 'ReferralResumed', data: { about, deadline: due.inProgress } };
export const completed: ReferralEvent = { type: 'ReferralCompleted', data: { about, outcome: 'need-met', counted } };
export const failed: ReferralEvent = { type: 'ReferralFailed', data: { about, ...noCapacity, counted } };
export const cancelled: ReferralEvent = { type: 'ReferralCancelled', data: { about, ...noCapacity, counted } };
export const wrong: ReferralEvent = { type: 'ReferralEnteredInError', data: { about } };
export const ended: ReferralEvent = {
  type: 'ReferralCancelled',
  data: { about, reason: 'consent-withdrawn', reasonOwner: 'person', counted },
};
export const notified: ReferralEvent = {
  type: 'WithdrawalNotified',
  data: {
    about,
    agency: receiver,
    authorisationIds: [disclosure.authorisationId],
    deadline: due.acknowledgement,
  },
};

/** One history that ends in each status. */
export const historyTo = {
  draft: [drafted],
  requested: [drafted, sent],
  'information-requested': [drafted, sent, asked],
  accepted: [drafted, sent, accepted],
  'in-progress': [drafted, sent, accepted, started],
  'on-hold': [drafted, sent, accepted, held],
  rejected: [drafted, sent, rejected],
  completed: [drafted, sent, accepted, completed],
  failed: [drafted, sent, accepted, failed],
  cancelled: [drafted, sent, cancelled],
  'entered-in-error': [drafted, sent, wrong],
} as const;

export const draftIt = (toAgency: string | null = receiver): ReferralCommand => ({
  type: 'DraftReferral',
  by: sender,
  now,
  personId: person,
  threadId: thread,
  toAgency,
  ...draft,
});
export const send = (decision?: Decision): ReferralCommand => ({
  type: 'SendReferral',
  by: sender,
  now,
  ...(decision ? { decision } : {}),
});
export const claim = (by: string, decision: Decision): ReferralCommand => ({
  type: 'ClaimReferral',
  by,
  now,
  sector: 'npo',
  decision,
});
export const withdraw = (...grants: readonly string[]): ReferralCommand => ({
  type: 'EndForWithdrawal',
  grants: grants.length === 0 ? 'all' : grants,
  now,
});

/** Every step that an agency can order, as this agency would order it. */
export const ordersBy = (by: string) =>
  ({
    SendReferral: { type: 'SendReferral', by, now, decision: permitted },
    RequestInformation: { type: 'RequestInformation', by, now, question: { sealed: 'question' } },
    ProvideInformation: { type: 'ProvideInformation', by, now, decision: permitted },
    AcceptReferral: { type: 'AcceptReferral', by, now },
    RejectReferral: { type: 'RejectReferral', by, now, ...noCapacity },
    StartReferral: { type: 'StartReferral', by, now },
    HoldReferral: { type: 'HoldReferral', by, now, ...noCapacity },
    ResumeReferral: { type: 'ResumeReferral', by, now },
    CompleteReferral: { type: 'CompleteReferral', by, now, outcome: 'need-met' },
    FailReferral: { type: 'FailReferral', by, now, ...noCapacity },
    CancelReferral: { type: 'CancelReferral', by, now, ...noCapacity },
    MarkEnteredInError: { type: 'MarkEnteredInError', by, now },
    RerouteReferral: { type: 'RerouteReferral', by, now, nextReferralId: 'e7f5a6b8-4f9c-4d0e-8a1b-3c4d5e6f7081' },
  }) as const satisfies { readonly [name: string]: ReferralCommand };
