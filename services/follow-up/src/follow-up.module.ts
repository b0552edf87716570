import { Module } from '@nestjs/common';
import { EmergencyReads } from '@tsunagu/platform';
import { PlanAccess } from './plan/plan.access';
import { PlanHandler } from './plan/plan.handler';
import { PlanController } from './plan/plan.http';
import { PlanSeals } from './plan/plan-seals';
import { TransferController } from './plan/transfer.http';
import { EmergencyReadingController } from './plans/emergency.http';
import { PlansController } from './plans/plans.http';
import { FindPlansHandler, PlanRows } from './plans/plans.query';
import { TasksController } from './tasks/tasks.http';

@Module({
  controllers: [PlanController, TransferController, PlansController, EmergencyReadingController, TasksController],
  providers: [PlanHandler, PlanAccess, PlanSeals, EmergencyReads, FindPlansHandler, PlanRows],
})
export class FollowUpModule {}
