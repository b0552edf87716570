import { z } from 'zod';
import { contractEvent } from '../envelope';
import { agencyId, date, userId, uuid } from '../ids';
import { aboutPerson, recordViewedBy } from '../platform/events.v1';
import { attemptResults, planOutcomes, taskKinds } from '../vocabulary/plan';
import { modes } from '../vocabulary/referral';

const event = <S extends z.ZodType>(name: string, schema: S) => contractEvent('follow-up', 'events', name, 1, schema);
const aboutPlan = { ...aboutPerson, planId: uuid, agencyId };

export const followUpEvents = {
  PlanOpened: event(
    'PlanOpened',
    z.object({ ...aboutPlan, owner: userId, nextContactOn: date, mode: modes.schema, referralId: uuid.nullable() }),
  ),
  PlanRevised: event('PlanRevised', z.object(aboutPlan)),
  ContactAttempted: event(
    'ContactAttempted',
    z.object({ ...aboutPlan, mode: modes.schema, result: attemptResults.schema, nextContactOn: date }),
  ),
  ContactAgreed: event('ContactAgreed', z.object({ ...aboutPlan, mode: modes.schema, nextContactOn: date })),
  OwnerChanged: event('OwnerChanged', z.object({ ...aboutPlan, owner: userId })),
  ContactOverdue: event('ContactOverdue', z.object({ ...aboutPlan, level: z.number().int(), escalatedTo: z.string() })),
  TaskRaised: event('TaskRaised', z.object({ ...aboutPlan, taskId: uuid, kind: taskKinds.schema })),
  TaskSettled: event('TaskSettled', z.object({ ...aboutPlan, taskId: uuid })),
  Reassessed: event('Reassessed', z.object(aboutPlan)),
  TransferProposed: event('TransferProposed', z.object({ ...aboutPlan, toAgency: agencyId })),
  TransferConfirmed: event('TransferConfirmed', z.object({ ...aboutPlan, by: z.enum(['receiver', 'person']) })),
  TransferCalledOff: event('TransferCalledOff', z.object(aboutPlan)),
  PlanTransferred: event('PlanTransferred', z.object({ ...aboutPlan, toAgency: agencyId, owner: userId })),
  PlanClosed: event('PlanClosed', z.object({ ...aboutPlan, outcome: planOutcomes.schema })),
  RecordViewed: recordViewedBy('follow-up'),
} as const;
