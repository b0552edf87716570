import { type Decider, never, Rejection } from '@tsunagu/event-sourcing';
import type { CompleteReferral, DraftReferral, ReferralCommand } from './commands';
import { type businessDays, deadlineFor } from './deadlines';
import { claim, provideInformation, reportOutcome, send } from './disclosing';
import type { CodedReason, ReferralEvent } from './events';
import { evolve } from './evolve';
import { aboutOf, absent, isLive, type Referral, type ReferralState } from './state';
import { requireOwner, requireStep, type Step } from './transitions';
import { acknowledge, cancelled, counted, endForWithdrawal, passDeadline } from './withdrawing';

type Events = readonly ReferralEvent[];

function decide(command: ReferralCommand, state: ReferralState): Events {
  switch (command.type) {
    case 'DraftReferral':
      return draft(command, state);
    case 'EndForWithdrawal':
      return state.status === 'absent' ? [] : endForWithdrawal(command, state);
    case 'PassDeadline':
      return state.status === 'absent' ? [] : passDeadline(command, state);
    default:
      return decideFor(command, requireStep(command, state));
  }
}

/** Side and status have been checked against the table (transitions.ts); what is left is what each step records. */
function decideFor(command: Step, state: Referral): Events {
  const about = aboutOf(state.record);
  const due = (status: keyof typeof businessDays) => ({ about, deadline: deadlineFor(status, command.now) });
  switch (command.type) {
    case 'SendReferral':
      return send(command, state);
    case 'ClaimReferral':
      return claim(command, state);
    case 'ReportOutcome':
      return reportOutcome(command.decision, state, command.now);
    case 'AcknowledgeWithdrawal':
      return acknowledge(command, state);
    case 'ProvideInformation':
      return provideInformation(command.decision, state, command.now);
    case 'RequestInformation':
      return [{ type: 'InformationRequested', data: { ...due('information-requested'), question: command.question } }];
    case 'AcceptReferral':
      return [{ type: 'ReferralAccepted', data: due('accepted') }];
    case 'StartReferral':
      return [{ type: 'ReferralStarted', data: due('in-progress') }];
    case 'ResumeReferral':
      return [{ type: 'ReferralResumed', data: due('in-progress') }];
    case 'HoldReferral':
      return [{ type: 'ReferralHeld', data: { ...due('on-hold'), ...reasonOf(command) } }];
    case 'RejectReferral':
      return [{ type: 'ReferralRejected', data: { about, ...reasonOf(command), counted: counted(state.record) } }];
    case 'FailReferral':
      return [{ type: 'ReferralFailed', data: { about, ...reasonOf(command), counted: counted(state.record) } }];
    case 'CancelReferral':
      return [cancelled(state, reasonOf(command))];
    case 'CompleteReferral':
      return [{ type: 'ReferralCompleted', data: { about, ...outcomeOf(command), counted: counted(state.record) } }];
    case 'MarkEnteredInError':
      return [{ type: 'ReferralEnteredInError', data: { about } }];
    case 'RerouteReferral':
      return reroute(command.nextReferralId, state);
    default:
      return never(command);
  }
}

function draft(command: DraftReferral, state: ReferralState): Events {
  if (state.status !== 'absent') throw new Rejection('referral-exists', 'This referral has already been drafted.');
  const { type: _type, by, now: _now, personId, threadId, toAgency, ...rest } = command;
  if (toAgency === by) {
    throw new Rejection('refers-to-itself', 'A referral goes to another agency. Choose a different one.', 'toAgency');
  }
  if (command.categories.length === 0) {
    throw new Rejection('nothing-to-disclose', 'Name at least one category of information to pass on.', 'categories');
  }
  const about = { personId, threadId, fromAgency: by, toAgency, parties: [by] };
  return [{ type: 'ReferralDrafted', data: { about, ...rest } }];
}

function reroute(nextReferralId: string, state: Referral): Events {
  if (state.record.nextReferralId !== undefined) {
    throw new Rejection('already-rerouted', 'This referral was already sent elsewhere. Continue with the new one.');
  }
  if (state.status === 'cancelled' && state.reason === 'consent-withdrawn') {
    throw new Rejection('consent-withdrawn', 'The person withdrew consent. Ask the person, then draft a new referral.');
  }
  const about = { ...aboutOf(state.record), parties: [state.record.about.fromAgency] };
  const next: ReferralEvent = { type: 'ReferralRerouted', data: { about, nextReferralId } };
  return isLive(state) ? [cancelled(state, { reason: 'rerouted', reasonOwner: 'agency' }), next] : [next];
}

function reasonOf({ reason, reasonOwner }: CodedReason): CodedReason {
  requireOwner(reason, reasonOwner);
  return { reason, reasonOwner };
}

const outcomeOf = ({ outcome, note }: CompleteReferral) => (note ? { outcome, note } : { outcome });

export const referral: Decider<ReferralCommand, ReferralEvent, ReferralState> = {
  category: 'referral',
  initial: absent,
  evolve,
  decide,
};
