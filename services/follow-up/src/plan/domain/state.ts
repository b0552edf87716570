import type { PlanOutcome } from '@tsunagu/contracts';
import { never } from '@tsunagu/event-sourcing';
import type { NextContact, PlanContent, PlanEvent, Task } from './events';

export interface Transfer {
  readonly toAgency: string;
  readonly confirmedBy: readonly ('receiver' | 'person')[];
  /** Who will own the plan there, once the receiver has confirmed. */
  readonly owner: string | null;
}

/** An open plan always has an owner and a next contact: there is no state without them. */
export interface OpenPlan extends PlanContent {
  readonly status: 'open';
  readonly personId: string;
  readonly agency: string;
  readonly owner: string;
  readonly referralId: string | null;
  readonly nextContact: NextContact;
  readonly leansOn: readonly string[];
  readonly tasks: readonly Task[];
  /** Misses in a row since the person was last reached. */
  readonly missed: number;
  /** Highest escalation of the contact now due; 0 when none. */
  readonly overdueLevel: number;
  readonly transfer: Transfer | null;
}

export type PlanState =
  | { readonly status: 'none' }
  | OpenPlan
  | { readonly status: 'closed'; readonly personId: string; readonly agency: string; readonly outcome: PlanOutcome };

export function evolve(state: PlanState, event: PlanEvent): PlanState {
  if (event.type === 'PlanOpened')
    return { status: 'open', ...event.data, tasks: [], missed: 0, overdueLevel: 0, transfer: null };
  if (state.status !== 'open') return state;
  switch (event.type) {
    case 'PlanRevised':
      return { ...state, ...event.data };
    case 'ContactAttempted':
      return {
        ...state,
        nextContact: event.data.nextContact,
        overdueLevel: 0,
        missed: event.data.result === 'reached' ? 0 : state.missed + 1,
      };
    case 'ContactAgreed':
      return { ...state, nextContact: event.data.nextContact, overdueLevel: 0, missed: 0 };
    case 'OwnerChanged':
      return { ...state, owner: event.data.owner };
    case 'ContactOverdue':
      return { ...state, overdueLevel: event.data.level };
    case 'TaskRaised':
      return { ...state, tasks: [...state.tasks, taskOf(event.data)] };
    case 'TaskSettled':
      return { ...state, tasks: state.tasks.filter(({ taskId }) => taskId !== event.data.taskId) };
    case 'Reassessed':
      return { ...state, nextContact: event.data.nextContact, overdueLevel: 0 };
    case 'TransferProposed':
      return { ...state, transfer: { toAgency: event.data.toAgency, confirmedBy: [], owner: null } };
    case 'TransferConfirmed':
      return { ...state, transfer: confirmedTransfer(state.transfer, event.data) };
    case 'TransferCalledOff':
      return { ...state, transfer: null };
    case 'PlanTransferred': {
      const { toAgency, owner, goals, roles } = event.data;
      return { ...state, agency: toAgency, owner, goals, roles, transfer: null };
    }
    case 'PlanClosed':
      return { status: 'closed', personId: state.personId, agency: state.agency, outcome: event.data.outcome };
    default:
      return never(event);
  }
}

const confirmedTransfer = (
  transfer: Transfer | null,
  confirmation: { by: 'receiver'; owner: string } | { by: 'person' },
): Transfer | null =>
  transfer && {
    ...transfer,
    confirmedBy: [...transfer.confirmedBy, confirmation.by],
    owner: confirmation.by === 'receiver' ? confirmation.owner : transfer.owner,
  };

export const taskOf = ({ taskId, kind, about, dueOn }: Task): Task => ({ taskId, kind, about, dueOn });
