import { type ContractEvent, followUpEvents, type Publication } from '@tsunagu/contracts';
import { categoryOf, idOf, type RecordedEvent } from '@tsunagu/event-sourcing';
import type { PlanEvent } from './domain/events';

const contracts: { readonly [Type in PlanEvent['type']]: ContractEvent } = {
  PlanOpened: followUpEvents.PlanOpened,
  PlanRevised: followUpEvents.PlanRevised,
  ContactAttempted: followUpEvents.ContactAttempted,
  ContactAgreed: followUpEvents.ContactAgreed,
  OwnerChanged: followUpEvents.OwnerChanged,
  ContactOverdue: followUpEvents.ContactOverdue,
  TaskRaised: followUpEvents.TaskRaised,
  TaskSettled: followUpEvents.TaskSettled,
  Reassessed: followUpEvents.Reassessed,
  TransferProposed: followUpEvents.TransferProposed,
  TransferConfirmed: followUpEvents.TransferConfirmed,
  TransferCalledOff: followUpEvents.TransferCalledOff,
  PlanTransferred: followUpEvents.PlanTransferred,
  PlanClosed: followUpEvents.PlanClosed,
};

/** Stored plan events as others may know them: who, when and how; never the words of the plan. */
export function publishPlan(recorded: RecordedEvent): readonly Publication[] {
  if (categoryOf(recorded.stream) !== 'plan') return [];
  const event = { type: recorded.type, data: recorded.data } as PlanEvent;
  const contract = contracts[event.type];
  const { personId, agency } = event.data;
  const planId = idOf(recorded.stream);
  const about = { personId, parties: partiesOf(event), planId, agencyId: agency };
  return [{ contract, subject: planId, key: personId, data: { ...about, ...told(event) } }];
}

const partiesOf = (event: PlanEvent): string[] =>
  event.type === 'TransferProposed' || event.type === 'PlanTransferred'
    ? [event.data.agency, event.data.toAgency]
    : [event.data.agency];

function told(event: PlanEvent): object {
  switch (event.type) {
    case 'PlanOpened': {
      const { owner, nextContact, referralId } = event.data;
      return { owner, nextContactOn: nextContact.on, mode: nextContact.mode, referralId };
    }
    case 'ContactAttempted':
      return { mode: event.data.mode, result: event.data.result, nextContactOn: event.data.nextContact.on };
    case 'ContactAgreed':
      return { mode: event.data.nextContact.mode, nextContactOn: event.data.nextContact.on };
    case 'OwnerChanged':
      return { owner: event.data.owner };
    case 'ContactOverdue':
      return { level: event.data.level, escalatedTo: event.data.escalatedTo };
    case 'TaskRaised':
      return { taskId: event.data.taskId, kind: event.data.kind };
    case 'TaskSettled':
      return { taskId: event.data.taskId };
    case 'TransferProposed':
      return { toAgency: event.data.toAgency };
    case 'TransferConfirmed':
      return { by: event.data.by };
    case 'PlanTransferred':
      return { toAgency: event.data.toAgency, owner: event.data.owner };
    case 'PlanClosed':
      return { outcome: event.data.outcome };
    case 'PlanRevised':
    case 'Reassessed':
    case 'TransferCalledOff':
      return {};
  }
}
