import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ConfirmTransfer, ProposeTransfer } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { Allow, type Asker, type Clock, CLOCK, Context, CurrentActor, Refused, ServiceClient } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import type { Handover, PlanCommand } from './domain/plan';
import type { OpenPlan } from './domain/state';
import { PlanAccess } from './plan.access';
import { HandlePlan, type PlanHandled } from './plan.handler';
import { PlanSeals } from './plan-seals';

class ProposeTransferDto extends createZodDto(ProposeTransfer) {}
class ConfirmTransferDto extends createZodDto(ConfirmTransfer) {}

/** What consent's `POST /authorisations` answers, as far as a transfer needs it. */
type Authorisation =
  | { readonly outcome: 'permitted'; readonly authorisationId: string }
  | { readonly outcome: 'refused'; readonly code: string; readonly explanation: unknown };

interface Transferring {
  readonly id: string;
  readonly revision: number;
  /** Who holds the plan after this. */
  readonly agency: string;
}

/** Warm handoff: proposed by the holder, confirmed by the receiver and by the person, in either order. */
@ApiTags('transfers')
@Controller('plans/:id')
export class TransferController {
  constructor(
    private readonly commands: CommandBus,
    private readonly access: PlanAccess,
    private readonly seals: PlanSeals,
    private readonly services: ServiceClient,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post('transfer')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  async propose(
    @Param('id') id: string,
    @Body() body: ProposeTransferDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Transferring> {
    await this.access.ofOwnAgency(id, asker);
    return this.dispatch(id, { kind: 'propose-transfer', now: this.now(), toAgency: body.toAgency }, context);
  }

  @Post('transfer-calling-off')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  async callOff(
    @Param('id') id: string,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Transferring> {
    await this.access.ofOwnAgency(id, asker);
    return this.dispatch(id, { kind: 'call-off-transfer', now: this.now() }, context);
  }

  @Post('transfer-confirmations')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor', 'person')
  async confirm(
    @Param('id') id: string,
    @Body() body: ConfirmTransferDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Transferring> {
    const { current, by } = await this.access.inTransferTo(id, asker);
    const last = current.transfer?.confirmedBy.some((party) => party !== by) ?? false;
    const handover = last ? await this.handover(id, current, asker, context) : null;
    const now = this.now();
    const command: PlanCommand =
      by === 'receiver'
        ? { kind: 'confirm-transfer', now, by, owner: body.owner ?? asker.user, handover }
        : { kind: 'confirm-transfer', now, by, handover };
    return this.dispatch(id, command, handover ? { ...context, authorisation: handover.authorisationId } : context);
  }

  /** @throws Refused when no consent lets the receiving agency know the plan */
  private async handover(planId: string, current: OpenPlan, asker: Asker, context: CommandContext): Promise<Handover> {
    const { personId, transfer } = current;
    const toAgency = transfer?.toAgency ?? current.agency;
    const request = {
      personId,
      recipient: { agency: toAgency, user: transfer?.owner ?? asker.user, role: 'caseworker' },
      purpose: 'support',
      categories: ['plan'],
      action: 'disclose',
      legalBasis: 'consent',
      subject: 'plan-transfer',
      subjectId: planId,
      discloserAgency: current.agency,
    };
    const authorisation = await this.services.post<Authorisation>('consent', '/authorisations', request, context);
    if (authorisation.outcome === 'refused') {
      const { code, explanation } = authorisation;
      throw new Refused(
        code,
        'The person has not consented to this agency knowing the plan. Ask for a grant for purpose support and category plan, then confirm again.',
        { explanation },
      );
    }
    const words = await this.seals.openContent({ planId, personId, agency: current.agency }, current);
    const content = await this.seals.sealContent({ planId, personId, agency: toAgency }, words, context);
    return { authorisationId: authorisation.authorisationId, ...content };
  }

  private async dispatch(id: string, command: PlanCommand, context: CommandContext): Promise<Transferring> {
    const { revision, state } = await this.commands.execute<HandlePlan, PlanHandled>(
      new HandlePlan(id, command, context),
    );
    return { id, revision, agency: state.status === 'none' ? '' : state.agency };
  }

  private now(): string {
    return this.clock.now().toISOString();
  }
}
