import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { dateInJapan } from '@tsunagu/calendar';
import { DueQuery, OnePlanQuery, PlansQuery } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import {
  AccessLog,
  agencyOf,
  Allow,
  type Asker,
  type Clock,
  CLOCK,
  Context,
  CurrentActor,
  NotFound,
} from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { PlanAccess } from '../plan/plan.access';
import { PlanSeals } from '../plan/plan-seals';
import { dueBy, FindPlans, type Plan, PlanRows } from './plans.query';

class PlansQueryDto extends createZodDto(PlansQuery) {}
class OnePlanQueryDto extends createZodDto(OnePlanQuery) {}
class DueQueryDto extends createZodDto(DueQuery) {}

@ApiTags('plans')
@Controller()
export class PlansController {
  constructor(
    private readonly queries: QueryBus,
    private readonly rows: PlanRows,
    private readonly access: PlanAccess,
    private readonly seals: PlanSeals,
    private readonly log: AccessLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Own agency's plans; a person sees their own. */
  @Get('plans')
  @Allow('caseworker', 'supervisor', 'agency-admin', 'person')
  async list(@Query() query: PlansQueryDto, @CurrentActor() asker: Asker): Promise<{ plans: Plan[] }> {
    const mine = asker.person === undefined ? { agency: agencyOf(asker) } : { personId: asker.person };
    return { plans: await this.queries.execute(new FindPlans({ ...query, ...mine })) };
  }

  /** Contacts due today or overdue, the earliest first. */
  @Get('due')
  @Allow('caseworker', 'supervisor', 'agency-admin')
  async due(@Query() query: DueQueryDto, @CurrentActor() asker: Asker): Promise<{ plans: Plan[] }> {
    const by = query.by ?? dateInJapan(this.clock.now().toISOString());
    return { plans: await this.queries.execute(new FindPlans({ ...dueBy(by), agency: agencyOf(asker) })) };
  }

  /** Transfers that wait for this agency's word. */
  @Get('transfers')
  @Allow('caseworker', 'supervisor', 'agency-admin')
  async transfers(@CurrentActor() asker: Asker): Promise<{ plans: Pick<Plan, 'id' | 'agency' | 'nextContact'>[] }> {
    const plans: Plan[] = await this.queries.execute(new FindPlans({ status: 'open', transferTo: agencyOf(asker) }));
    return { plans: plans.map(({ id, agency, nextContact }) => ({ id, agency, nextContact })) };
  }

  @Get('plans/:id')
  @Allow('caseworker', 'supervisor', 'agency-admin', 'person')
  async one(
    @Param('id') id: string,
    @Query() query: OnePlanQueryDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<object> {
    const plan = await this.rows.one(id, query.minRevision);
    if (!plan || (asker.person === undefined ? plan.agency !== asker.agency : plan.personId !== asker.person))
      throw new NotFound();
    const state = await this.access.current(id);
    const { personId, agency } = state;
    const basis = asker.person === undefined ? 'own-agency' : 'self';
    const access = {
      personId,
      parties: [agency],
      subject: 'plan',
      subjectId: id,
      categories: ['plan' as const],
      purpose: 'support' as const,
      action: 'read' as const,
    };
    await this.log.record(asker, { ...access, basis, outcome: 'shown' }, context);
    if (state.status === 'closed') return plan;
    return { ...plan, ...(await this.seals.openContent({ planId: id, personId, agency }, state)), tasks: state.tasks };
  }
}
