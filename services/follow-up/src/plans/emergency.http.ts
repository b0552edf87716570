import { Controller, Get, Header, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '@tsunagu/event-sourcing';
import {
  Allow,
  type Asker,
  Context,
  CurrentActor,
  type EmergencyRead,
  EmergencyReads,
  IdPipe,
} from '@tsunagu/platform';
import { PlanAccess } from '../plan/plan.access';
import { PlanSeals } from '../plan/plan-seals';
import { FindPlans, type Plan } from './plans.query';

type OpenedPlan = Plan & { readonly goals?: readonly string[]; readonly roles?: readonly string[] };

@ApiTags('emergency access')
@Controller('persons')
export class EmergencyReadingController {
  constructor(
    private readonly reads: EmergencyReads,
    private readonly queries: QueryBus,
    private readonly access: PlanAccess,
    private readonly seals: PlanSeals,
  ) {}

  /** The person's plans at every agency, under an emergency access of the asker's own, while it lasts. */
  @Get(':id/emergency-readings/plan')
  @Header('cache-control', 'no-store')
  @Allow('caseworker', 'supervisor')
  read(
    @Param('id', IdPipe) personId: string,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<EmergencyRead & { plans: OpenedPlan[] }> {
    return this.reads.read({ personId, category: 'plan', asker, context }, async () => {
      const plans: Plan[] = await this.queries.execute(new FindPlans({ personId }));
      return { plans: await Promise.all(plans.map((plan) => this.opened(plan))) };
    });
  }

  private async opened(plan: Plan): Promise<OpenedPlan> {
    const state = await this.access.current(plan.id);
    if (state.status === 'closed') return plan;
    const { personId, agency } = state;
    return { ...plan, ...(await this.seals.openContent({ planId: plan.id, personId, agency }, state)) };
  }
}
