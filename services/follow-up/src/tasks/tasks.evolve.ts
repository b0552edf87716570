import { categoryOf, idOf, type RecordedEvent } from '@tsunagu/event-sourcing';
import type { ReadModel } from '@tsunagu/read-models';
import type { PlanEvent } from '../plan/domain/events';
import { taskOf } from '../plan/domain/state';
import { PlanTasksRow } from './tasks.entity';

export const planTasks: ReadModel<PlanTasksRow, RecordedEvent> = {
  name: 'plan-tasks',
  entity: PlanTasksRow,
  keysOf: ({ stream }) => (categoryOf(stream) === 'plan' ? [idOf(stream)] : []),
  evolve: (row, { type, data }, planId) => {
    const event = { type, data } as PlanEvent;
    if (event.type === 'PlanOpened') {
      const { personId, agency, owner } = event.data;
      return { planId, personId, agency, owner, tasks: [] };
    }
    return row && { ...row, ...change(row, event) };
  },
};

function change(row: PlanTasksRow, event: PlanEvent): Partial<PlanTasksRow> {
  switch (event.type) {
    case 'TaskRaised':
      return { tasks: [...row.tasks, taskOf(event.data)] };
    case 'TaskSettled':
      return { tasks: row.tasks.filter(({ taskId }) => taskId !== event.data.taskId) };
    case 'OwnerChanged':
      return { owner: event.data.owner };
    case 'PlanTransferred':
      return { agency: event.data.toAgency, owner: event.data.owner };
    case 'PlanClosed':
      return { tasks: [] };
    default:
      return {};
  }
}
