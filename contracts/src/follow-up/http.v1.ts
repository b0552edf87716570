import { z } from 'zod';
import { agencyId, date, userId, uuid } from '../ids';
import { attemptResults, planOutcomes, taskKinds } from '../vocabulary/plan';
import { modes } from '../vocabulary/referral';

const text = z.string().trim().min(1).max(2_000);
const lines = (about: string) => z.array(text).max(20).describe(about);
const serviceIds = z
  .array(z.string().min(1).max(128))
  .max(20)
  .describe('Services and activities of the directory that the plan relies on.');

const nextContact = z
  .strictObject({
    on: date.describe('Date in Japan; today or later, within 180 days.'),
    mode: modes.schema,
  })
  .meta({ example: { on: '2026-12-01', mode: 'phone' } });

const content = {
  goals: lines('What should change, in the person’s own words where possible.').min(1),
  roles: lines('What the person gives: roles and contributions.').default([]),
  leansOn: serviceIds.default([]),
};

export const OpenPlan = z
  .strictObject({
    personId: uuid,
    referralId: uuid.optional().describe('The accepted referral that led here.'),
    ...content,
    owner: userId.optional().describe('Worker of your agency; you, when left out.'),
    nextContact,
  })
  .meta({ title: 'OpenPlan' });

export const RevisePlan = z.strictObject(content).meta({ title: 'RevisePlan' });

export const RecordAttempt = z
  .strictObject({
    mode: modes.schema,
    result: attemptResults.schema,
    note: text.optional(),
    occurredAt: z.iso.datetime({ offset: true }).optional().describe('When it took place, if earlier than now.'),
    nextContact,
  })
  .meta({ title: 'RecordAttempt' });

export const AgreeContact = z.strictObject({ nextContact }).meta({ title: 'AgreeContact' });

export const ChangeOwner = z.strictObject({ owner: userId }).meta({ title: 'ChangeOwner' });

export const SettleTask = z
  .strictObject({
    note: text.optional(),
    nextContact: nextContact.optional().describe('Required to settle `agree-another-way`: how and when instead.'),
  })
  .meta({ title: 'SettleTask' });

export const Reassess = z.strictObject({ summary: text, nextContact }).meta({ title: 'Reassess' });

export const ProposeTransfer = z.strictObject({ toAgency: agencyId }).meta({ title: 'ProposeTransfer' });

export const ConfirmTransfer = z
  .strictObject({
    owner: userId.optional().describe('Receiving agency only: who will be responsible; you, when left out.'),
  })
  .meta({ title: 'ConfirmTransfer' });

export const ClosePlan = z
  .strictObject({ outcome: planOutcomes.schema, note: text.optional() })
  .meta({ title: 'ClosePlan' });

const minRevision = z.coerce
  .number()
  .int()
  .min(0)
  .optional()
  .describe('Wait, at most 2 s, until the answer includes this revision.');

export const OnePlanQuery = z.strictObject({ minRevision });

export const PlansQuery = z.strictObject({
  status: z.enum(['open', 'closed']).optional(),
  owner: userId.optional(),
  personId: uuid.optional(),
});

export const DueQuery = z.strictObject({
  by: date.optional().describe('Contacts due on or before this date; today when left out.'),
});

export const PlanChanged = z.object({ id: uuid, revision: z.number().int() }).meta({ title: 'PlanChanged' });

export const PlanSummary = z
  .object({
    id: uuid,
    personId: uuid,
    agency: agencyId,
    owner: userId,
    status: z.enum(['open', 'closed']),
    nextContact: z.object({ on: date, mode: modes.schema }),
    overdueLevel: z
      .number()
      .int()
      .describe('0 in time, 1 the owner was told, 2 the supervisor, 3 the agency administrator.'),
    openTasks: z.number().int(),
    leansOn: z.array(z.string()),
    referralId: uuid.nullable(),
    transferTo: agencyId.nullable(),
    outcome: planOutcomes.schema.nullable(),
    revision: z.number().int(),
  })
  .meta({ title: 'PlanSummary' });

export const Task = z
  .object({
    id: uuid,
    planId: uuid,
    personId: uuid,
    owner: userId,
    kind: taskKinds.schema,
    about: z.string().nullable(),
    dueOn: date,
  })
  .meta({ title: 'Task' });
