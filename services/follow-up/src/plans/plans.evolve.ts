import type { RecordedEvent } from '@tsunagu/event-sourcing';
import { categoryOf, idOf } from '@tsunagu/event-sourcing';
import type { ReadModel } from '@tsunagu/read-models';
import type { NextContact, PlanEvent } from '../plan/domain/events';
import { PlanRow } from './plans.entity';

export const plans: ReadModel<PlanRow, RecordedEvent> = {
  name: 'plans',
  entity: PlanRow,
  keysOf: ({ stream }) => (categoryOf(stream) === 'plan' ? [idOf(stream)] : []),
  evolve: (row, { type, data, revision }, id) => {
    const event = { type, data } as PlanEvent;
    if (event.type === 'PlanOpened') {
      const { personId, agency, owner, referralId, leansOn } = event.data;
      const fresh = { overdueLevel: 0, openTasks: 0, transferTo: null, outcome: null };
      return {
        id,
        personId,
        agency,
        owner,
        status: 'open',
        referralId,
        leansOn,
        ...contact(event.data.nextContact),
        ...fresh,
        revision,
      };
    }
    return row && { ...row, ...change(row, event), revision };
  },
};

function change(row: PlanRow, event: Exclude<PlanEvent, { type: 'PlanOpened' }>): Partial<PlanRow> {
  switch (event.type) {
    case 'PlanRevised':
      return { leansOn: event.data.leansOn };
    case 'ContactAttempted':
    case 'ContactAgreed':
    case 'Reassessed':
      return { ...contact(event.data.nextContact), overdueLevel: 0 };
    case 'OwnerChanged':
      return { owner: event.data.owner };
    case 'ContactOverdue':
      return { overdueLevel: event.data.level };
    case 'TaskRaised':
      return { openTasks: row.openTasks + 1 };
    case 'TaskSettled':
      return { openTasks: row.openTasks - 1 };
    case 'TransferProposed':
      return { transferTo: event.data.toAgency };
    case 'TransferCalledOff':
      return { transferTo: null };
    case 'PlanTransferred':
      return { agency: event.data.toAgency, owner: event.data.owner, transferTo: null };
    case 'PlanClosed':
      return { status: 'closed', outcome: event.data.outcome, openTasks: 0, transferTo: null };
    case 'TransferConfirmed':
      return {};
  }
}

const contact = ({ on, mode }: NextContact): Pick<PlanRow, 'nextContactOn' | 'nextContactMode'> => ({
  nextContactOn: on,
  nextContactMode: mode,
});
