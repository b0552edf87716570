import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  AgreeContact,
  ChangeOwner,
  ClosePlan,
  OpenPlan,
  Reassess,
  RecordAttempt,
  RevisePlan,
  SettleTask,
} from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { agencyOf, Allow, type Asker, type Clock, CLOCK, Context, CurrentActor, idFrom } from '@tsunagu/platform';
import { Inject } from '@nestjs/common';
import { createZodDto } from 'nestjs-zod';
import type { PlanCommand } from './domain/plan';
import { PlanAccess } from './plan.access';
import { HandlePlan, type PlanHandled } from './plan.handler';
import { type Holder, PlanSeals } from './plan-seals';

class OpenPlanDto extends createZodDto(OpenPlan) {}
class RevisePlanDto extends createZodDto(RevisePlan) {}
class RecordAttemptDto extends createZodDto(RecordAttempt) {}
class AgreeContactDto extends createZodDto(AgreeContact) {}
class ChangeOwnerDto extends createZodDto(ChangeOwner) {}
class SettleTaskDto extends createZodDto(SettleTask) {}
class ReassessDto extends createZodDto(Reassess) {}
class ClosePlanDto extends createZodDto(ClosePlan) {}

interface Changed {
  readonly id: string;
  readonly revision: number;
}

/** What the agency that holds a plan does with it. */
@ApiTags('plans')
@Controller('plans')
export class PlanController {
  constructor(
    private readonly commands: CommandBus,
    private readonly access: PlanAccess,
    private readonly seals: PlanSeals,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @Allow('caseworker', 'supervisor')
  async open(
    @Body() body: OpenPlanDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Changed> {
    await this.access.mustBeInvolved(body.personId, asker, body.referralId !== undefined, context);
    const id = idFrom(context, 'plan');
    const { personId, nextContact, leansOn } = body;
    const agency = agencyOf(asker);
    const content = await this.seals.sealContent({ planId: id, personId, agency }, body, context);
    const facts = {
      personId,
      agency,
      owner: body.owner ?? asker.user,
      referralId: body.referralId ?? null,
      nextContact,
      leansOn,
    };
    return this.dispatch(id, { kind: 'open', now: this.now(), ...facts, ...content }, context);
  }

  @Post(':id/revision')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  async revise(
    @Param('id') id: string,
    @Body() body: RevisePlanDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Changed> {
    const content = await this.seals.sealContent(await this.holder(id, asker), body, context);
    return this.dispatch(id, { kind: 'revise', now: this.now(), ...content, leansOn: body.leansOn }, context);
  }

  @Post(':id/attempts')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  async attempt(
    @Param('id') id: string,
    @Body() body: RecordAttemptDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Changed> {
    const note = await this.seals.sealNote(await this.holder(id, asker), body.note);
    const { mode, result, nextContact } = body;
    const command: PlanCommand = {
      kind: 'record-attempt',
      now: this.now(),
      mode,
      result,
      note,
      nextContact,
      taskId: idFrom(context, 'task'),
    };
    return this.dispatch(id, command, { ...context, occurredAt: body.occurredAt ?? context.occurredAt });
  }

  @Post(':id/contact')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  async agreeContact(
    @Param('id') id: string,
    @Body() body: AgreeContactDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Changed> {
    await this.access.ofOwnAgency(id, asker);
    return this.dispatch(id, { kind: 'agree-contact', now: this.now(), nextContact: body.nextContact }, context);
  }

  @Post(':id/owner')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor', 'agency-admin')
  async changeOwner(
    @Param('id') id: string,
    @Body() body: ChangeOwnerDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Changed> {
    await this.access.ofOwnAgency(id, asker);
    return this.dispatch(id, { kind: 'change-owner', now: this.now(), owner: body.owner }, context);
  }

  @Post(':id/tasks/:taskId/settlement')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  async settleTask(
    @Param('id') id: string,
    @Param('taskId') taskId: string,
    @Body() body: SettleTaskDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Changed> {
    const note = await this.seals.sealNote(await this.holder(id, asker), body.note);
    return this.dispatch(
      id,
      { kind: 'settle-task', now: this.now(), taskId, note, nextContact: body.nextContact ?? null },
      context,
    );
  }

  @Post(':id/reassessments')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  async reassess(
    @Param('id') id: string,
    @Body() body: ReassessDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Changed> {
    const summary = await this.seals.seal(await this.holder(id, asker), 'summary', body.summary);
    return this.dispatch(id, { kind: 'reassess', now: this.now(), summary, nextContact: body.nextContact }, context);
  }

  @Post(':id/closing')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  async close(
    @Param('id') id: string,
    @Body() body: ClosePlanDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Changed> {
    const note = await this.seals.sealNote(await this.holder(id, asker), body.note);
    return this.dispatch(id, { kind: 'close', now: this.now(), outcome: body.outcome, note }, context);
  }

  private async holder(id: string, asker: Asker): Promise<Holder> {
    const { personId, agency } = await this.access.ofOwnAgency(id, asker);
    return { planId: id, personId, agency };
  }

  private async dispatch(id: string, command: PlanCommand, context: CommandContext): Promise<Changed> {
    const { revision } = await this.commands.execute<HandlePlan, PlanHandled>(new HandlePlan(id, command, context));
    return { id, revision };
  }

  private now(): string {
    return this.clock.now().toISOString();
  }
}
