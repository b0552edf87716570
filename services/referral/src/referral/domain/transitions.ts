import type { ReasonOwner, ReferralStatus, StatusReason } from '@tsunagu/contracts';
import { Rejection } from '@tsunagu/event-sourcing';
import type { ReferralCommand } from './commands';
import { isOpenCall, liveStatuses, partiesOf, type Referral, type ReferralState } from './state';

/** Everything an agency orders; drafting, withdrawals and clocks stand apart. */
export type Step = Exclude<ReferralCommand, { type: 'DraftReferral' | 'EndForWithdrawal' | 'PassDeadline' }>;

type Side = 'requester' | 'receiver' | 'either' | 'another-agency';

const UNDERWAY: readonly ReferralStatus[] = ['accepted', 'in-progress', 'on-hold'];
const ENDED: readonly ReferralStatus[] = ['rejected', 'completed', 'failed', 'cancelled'];

/** Who may do what, and from where (Gravity SDOH Clinical Care 3.0, Task statuses, and ours). */
export const steps: {
  readonly [Type in Step['type']]: { readonly side: Side; readonly from: readonly ReferralStatus[] };
} = {
  SendReferral: { side: 'requester', from: ['draft'] },
  ClaimReferral: { side: 'another-agency', from: ['requested'] },
  RequestInformation: { side: 'receiver', from: ['requested'] },
  ProvideInformation: { side: 'requester', from: ['information-requested'] },
  AcceptReferral: { side: 'receiver', from: ['requested'] },
  RejectReferral: { side: 'receiver', from: ['requested', 'information-requested'] },
  StartReferral: { side: 'receiver', from: ['accepted'] },
  HoldReferral: { side: 'receiver', from: ['accepted', 'in-progress'] },
  ResumeReferral: { side: 'receiver', from: ['on-hold'] },
  CompleteReferral: { side: 'receiver', from: UNDERWAY },
  FailReferral: { side: 'receiver', from: UNDERWAY },
  CancelReferral: { side: 'either', from: liveStatuses },
  MarkEnteredInError: { side: 'requester', from: [...liveStatuses, ...ENDED] },
  RerouteReferral: {
    side: 'requester',
    from: ['requested', 'information-requested', ...UNDERWAY, 'rejected', 'failed', 'cancelled'],
  },
  ReportOutcome: { side: 'requester', from: ['completed'] },
  AcknowledgeWithdrawal: { side: 'either', from: [...liveStatuses, ...ENDED, 'entered-in-error'] },
};

/**
 * The referral, when this agency may take this step now.
 * @throws Rejection `referral-not-drafted`, `not-your-step`, `status-does-not-allow` or `open-call-claimed`
 */
export function requireStep({ type, by }: Pick<Step, 'type' | 'by'>, state: ReferralState): Referral {
  if (state.status === 'absent') throw new Rejection('referral-not-drafted', 'This referral has not been drafted.');
  const { side, from } = steps[type];
  if (type === 'ClaimReferral' && !isOpenCall(state)) {
    throw new Rejection('open-call-claimed', 'This open call is no longer open: it was claimed or taken back.');
  }
  if (!isOnSide(side, by, state)) {
    const whose = {
      requester: 'sender',
      receiver: 'receiver',
      either: 'sender or receiver',
      'another-agency': 'other agencies',
    };
    throw new Rejection('not-your-step', `This step is for the ${whose[side]} of the referral.`);
  }
  if (!from.includes(state.status)) {
    throw new Rejection('status-does-not-allow', `This is not possible while the referral is "${state.status}".`);
  }
  return state;
}

function isOnSide(side: Side, by: string, { record }: Referral): boolean {
  const sender = by === record.about.fromAgency;
  switch (side) {
    case 'requester':
      return sender;
    case 'receiver':
      return !sender && partiesOf(record).includes(by);
    case 'either':
      return partiesOf(record).includes(by);
    case 'another-agency':
      return !sender;
  }
}

/** Reasons that can only be one side's; every other may be either's. */
const owners: { readonly [Reason in StatusReason]?: ReasonOwner } = {
  'no-capacity': 'agency',
  'waiting-list': 'agency',
  'out-of-area': 'agency',
  rerouted: 'agency',
  'person-declined': 'person',
  'person-moved': 'person',
  'person-died': 'person',
  'consent-withdrawn': 'person',
};

/** @throws Rejection `reason-owner-mismatch` when this cannot be that side's reason */
export function requireOwner(reason: StatusReason, reasonOwner: ReasonOwner): void {
  const only = owners[reason];
  if (only !== undefined && only !== reasonOwner) {
    throw new Rejection('reason-owner-mismatch', `"${reason}" is always the ${only}'s reason.`, 'reasonOwner');
  }
}
