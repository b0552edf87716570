import type { Sealed } from '@tsunagu/sealing';
import { addBusinessDays, addDays, businessDaysBetween, dateInJapan } from '@tsunagu/calendar';
import type { AttemptResult, Mode, PlanOutcome, TaskKind } from '@tsunagu/contracts';
import { type Decider, never, Rejection } from '@tsunagu/event-sourcing';
import type { About, EscalatedTo, Line, NextContact, PlanContent, PlanEvent, PlanFact } from './events';
import { evolve, type OpenPlan, type PlanState, type Transfer } from './state';

interface Facts {
  /** RFC 3339. */
  readonly now: string;
}

/** Re-sealed for the receiving agency, under the authorisation that lets it know the plan. */
export interface Handover extends PlanContent {
  readonly authorisationId: string;
}

export type PlanCommand = Facts &
  (
    | {
        readonly kind: 'open';
        readonly personId: string;
        readonly agency: string;
        readonly owner: string;
        readonly referralId: string | null;
        readonly goals: readonly Line[];
        readonly roles: readonly Line[];
        readonly nextContact: NextContact;
        readonly leansOn: readonly string[];
      }
    | {
        readonly kind: 'revise';
        readonly goals: readonly Line[];
        readonly roles: readonly Line[];
        readonly leansOn: readonly string[];
      }
    | {
        readonly kind: 'record-attempt';
        readonly mode: Mode;
        readonly result: AttemptResult;
        readonly note: Sealed | null;
        readonly nextContact: NextContact;
        /** Id for the task that repeated misses raise. */
        readonly taskId: string;
      }
    | { readonly kind: 'agree-contact'; readonly nextContact: NextContact }
    | { readonly kind: 'change-owner'; readonly owner: string }
    | { readonly kind: 'escalate' }
    | { readonly kind: 'raise-task'; readonly taskId: string; readonly task: TaskKind; readonly about: string | null }
    | {
        readonly kind: 'settle-task';
        readonly taskId: string;
        readonly note: Sealed | null;
        readonly nextContact: NextContact | null;
      }
    | { readonly kind: 'reassess'; readonly summary: Sealed; readonly nextContact: NextContact }
    | { readonly kind: 'propose-transfer'; readonly toAgency: string }
    | {
        readonly kind: 'confirm-transfer';
        readonly by: 'receiver';
        readonly owner: string;
        readonly handover: Handover | null;
      }
    | { readonly kind: 'confirm-transfer'; readonly by: 'person'; readonly handover: Handover | null }
    | { readonly kind: 'call-off-transfer' }
    | { readonly kind: 'close'; readonly outcome: PlanOutcome; readonly note: Sealed | null }
  );

type CommandOf<Kind extends PlanCommand['kind']> = Extract<PlanCommand, { readonly kind: Kind }>;

/** Who is told when a contact is this many business days late. */
const ESCALATION: readonly { readonly after: number; readonly to: EscalatedTo }[] = [
  { after: 1, to: 'owner' },
  { after: 3, to: 'supervisor' },
  { after: 5, to: 'agency-admin' },
];

/** After so many misses in a row another way must be agreed: nobody drops out silently. */
const MISSES_BEFORE_ANOTHER_WAY = 2;
const TASK_DUE_BUSINESS_DAYS = 3;
/** A next contact further away than this is not a plan to keep in touch. */
const LONGEST_GAP_DAYS = 180;

export const plan: Decider<PlanCommand, PlanEvent, PlanState> = {
  category: 'plan',
  initial: { status: 'none' },
  evolve,
  decide,
};

function decide(command: PlanCommand, state: PlanState): readonly PlanEvent[] {
  if (command.kind === 'open') return told(command, open(command, state));
  const current = opened(state);
  return told(current, change(command, current));
}

const told = ({ personId, agency }: About, facts: readonly PlanFact[]): readonly PlanEvent[] =>
  facts.map(({ type, data }) => ({ type, data: { ...data, personId, agency } }) as PlanEvent);

function change(command: Exclude<PlanCommand, { readonly kind: 'open' }>, current: OpenPlan): readonly PlanFact[] {
  switch (command.kind) {
    case 'revise':
      return [
        {
          type: 'PlanRevised',
          data: { goals: atLeastOneGoal(command.goals), roles: command.roles, leansOn: command.leansOn },
        },
      ];
    case 'record-attempt':
      return recordAttempt(command, current);
    case 'agree-contact':
      return [agreed(command, command.nextContact)];
    case 'change-owner':
      return command.owner === current.owner ? [] : [{ type: 'OwnerChanged', data: { owner: command.owner } }];
    case 'escalate':
      return escalate(command, current);
    case 'raise-task':
      return raiseTask(command, current);
    case 'settle-task':
      return settleTask(command, current);
    case 'reassess':
      return [
        { type: 'Reassessed', data: { summary: command.summary, nextContact: checked(command, command.nextContact) } },
      ];
    case 'propose-transfer':
      return proposeTransfer(command, current);
    case 'confirm-transfer':
      return confirmTransfer(command, current);
    case 'call-off-transfer':
      return callOffTransfer(current);
    case 'close':
      return [{ type: 'PlanClosed', data: { outcome: command.outcome, note: command.note } }];
    default:
      return never(command);
  }
}

function open(command: CommandOf<'open'>, state: PlanState): readonly PlanFact[] {
  if (state.status !== 'none')
    throw new Rejection('plan-already-open', 'This plan was opened before. Open another one, or revise this one.');
  const { owner, referralId, roles, leansOn } = command;
  return [
    {
      type: 'PlanOpened',
      data: {
        owner,
        referralId,
        goals: atLeastOneGoal(command.goals),
        roles,
        nextContact: checked(command, command.nextContact),
        leansOn,
      },
    },
  ];
}

function recordAttempt(command: CommandOf<'record-attempt'>, current: OpenPlan): readonly PlanFact[] {
  const { mode, result, note } = command;
  const attempted: PlanFact = {
    type: 'ContactAttempted',
    data: { mode, result, note, nextContact: checked(command, command.nextContact) },
  };
  const misses = result === 'reached' ? 0 : current.missed + 1;
  const another =
    misses >= MISSES_BEFORE_ANOTHER_WAY
      ? raiseTask({ ...command, task: 'agree-another-way', about: null }, current)
      : [];
  return [attempted, ...another];
}

function escalate({ now }: CommandOf<'escalate'>, current: OpenPlan): readonly PlanFact[] {
  const late = businessDaysBetween(current.nextContact.on, dateInJapan(now));
  return ESCALATION.flatMap(({ after, to }, index): PlanFact[] => {
    const level = index + 1;
    if (late < after || level <= current.overdueLevel) return [];
    return [{ type: 'ContactOverdue', data: { due: current.nextContact.on, level, escalatedTo: to } }];
  });
}

function raiseTask(
  command: { now: string; taskId: string; task: TaskKind; about: string | null },
  current: OpenPlan,
): readonly PlanFact[] {
  const same = current.tasks.some(({ kind, about }) => kind === command.task && about === command.about);
  if (same) return [];
  const dueOn = addBusinessDays(dateInJapan(command.now), TASK_DUE_BUSINESS_DAYS);
  return [{ type: 'TaskRaised', data: { taskId: command.taskId, kind: command.task, about: command.about, dueOn } }];
}

function settleTask(command: CommandOf<'settle-task'>, current: OpenPlan): readonly PlanFact[] {
  const task = current.tasks.find(({ taskId }) => taskId === command.taskId);
  if (!task)
    throw new Rejection('task-not-open', 'This task is not open on this plan. Look at its open tasks again.', 'taskId');
  const settled: PlanFact = { type: 'TaskSettled', data: { taskId: command.taskId, note: command.note } };
  if (command.nextContact) return [agreed(command, command.nextContact), settled];
  if (task.kind === 'agree-another-way') {
    throw new Rejection(
      'another-way-missing',
      'Say how and when you will be in contact instead: this task is settled by agreeing another way.',
      'nextContact',
    );
  }
  return [settled];
}

function proposeTransfer(command: CommandOf<'propose-transfer'>, current: OpenPlan): readonly PlanFact[] {
  if (current.transfer)
    throw new Rejection(
      'transfer-already-proposed',
      'A transfer is already proposed. Call it off before proposing another.',
    );
  if (command.toAgency === current.agency)
    throw new Rejection(
      'transfer-to-itself',
      'The plan is already with this agency. To change who is responsible, change its owner.',
      'toAgency',
    );
  return [{ type: 'TransferProposed', data: { toAgency: command.toAgency } }];
}

/** A warm handoff: the plan moves when both the receiver and the person have said yes, never before. */
function confirmTransfer(command: CommandOf<'confirm-transfer'>, current: OpenPlan): readonly PlanFact[] {
  const transfer = transferOf(current);
  if (transfer.confirmedBy.includes(command.by)) return [];
  const confirmed: PlanFact = {
    type: 'TransferConfirmed',
    data: command.by === 'receiver' ? { by: 'receiver', owner: command.owner } : { by: 'person' },
  };
  const owner = command.by === 'receiver' ? command.owner : transfer.owner;
  if (owner === null || transfer.confirmedBy.length === 0) return [confirmed];
  if (!command.handover)
    throw new Rejection(
      'handover-missing',
      'The plan cannot move yet: the receiving agency is not authorised to know it.',
    );
  return [confirmed, { type: 'PlanTransferred', data: { toAgency: transfer.toAgency, owner, ...command.handover } }];
}

function callOffTransfer(current: OpenPlan): readonly PlanFact[] {
  transferOf(current);
  return [{ type: 'TransferCalledOff', data: {} }];
}

function opened(state: PlanState): OpenPlan {
  if (state.status === 'open') return state;
  throw new Rejection(
    'plan-not-open',
    state.status === 'none' ? 'There is no such plan.' : 'This plan is closed. Open a new one to go on.',
  );
}

function transferOf(current: OpenPlan): Transfer {
  if (current.transfer) return current.transfer;
  throw new Rejection('no-transfer-proposed', 'No transfer of this plan is proposed.');
}

const agreed = (facts: Facts, nextContact: NextContact): PlanFact => ({
  type: 'ContactAgreed',
  data: { nextContact: checked(facts, nextContact) },
});

function checked({ now }: Facts, nextContact: NextContact): NextContact {
  const today = dateInJapan(now);
  if (nextContact.on < today)
    throw new Rejection('next-contact-in-the-past', 'The next contact must be today or later.', 'nextContact.on');
  if (nextContact.on > addDays(today, LONGEST_GAP_DAYS)) {
    throw new Rejection(
      'next-contact-too-far',
      `Agree a next contact within ${LONGEST_GAP_DAYS} days.`,
      'nextContact.on',
    );
  }
  return nextContact;
}

function atLeastOneGoal(goals: readonly Line[]): readonly Line[] {
  if (goals.length === 0)
    throw new Rejection(
      'goals-missing',
      'A plan needs at least one goal, in the person’s own words where possible.',
      'goals',
    );
  return goals;
}
