import type { ServiceDefinition } from '@tsunagu/platform';
import { DisturbedServiceRow, PlanLeanRow } from './activity-status/leans.entity';
import { ActivityStatusRunner } from './activity-status/workflow.runner';
import { FollowUpModule } from './follow-up.module';
import { CreatePlans1732233600000 } from './migrations/1732233600000-create-plans';
import { OverdueContacts } from './overdue/overdue-contacts';
import { OverdueClock } from './overdue/overdue.clock';
import { publishPlan } from './plan/plan.publisher';
import { PlanRow } from './plans/plans.entity';
import { plans } from './plans/plans.evolve';
import { PlanTasksRow } from './tasks/tasks.entity';
import { planTasks } from './tasks/tasks.evolve';
import { WithdrawalRunner } from './withdrawal/workflow.runner';

export const followUp: ServiceDefinition = {
  name: 'follow-up',
  title: 'Follow-up',
  description:
    'Support plans: goals, the person’s own roles, an owner and a next contact always, contacts, escalation, reassessment and warm handoffs.',
  modules: [FollowUpModule],
  entities: [PlanRow, PlanTasksRow, PlanLeanRow, DisturbedServiceRow],
  migrations: [CreatePlans1732233600000],
  readModels: [plans, planTasks],
  publish: publishPlan,
  consumers: [ActivityStatusRunner, WithdrawalRunner],
  clocks: [OverdueClock],
  gauges: [OverdueContacts],
};
