import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { CloseConsultation, RouteConsultation, SendMessage, TriageConsultation } from '@tsunagu/contracts';
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
  idFrom,
  IdPipe,
} from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { Agencies } from '../agencies/agencies';
import { ConsultationAccess, type Visible } from './consultation.access';
import { HandleConsultation } from './consultation.handler';
import { ConsultationSeals } from './consultation-seals';
import { accessTo, type ConsultationView, ConsultationViews } from './consultation.view';
import type { ConsultationCommand, Said } from './domain/consultation';
import type { Author } from './domain/events';

class SendMessageDto extends createZodDto(SendMessage) {}
class RouteConsultationDto extends createZodDto(RouteConsultation) {}
class TriageConsultationDto extends createZodDto(TriageConsultation) {}
class CloseConsultationDto extends createZodDto(CloseConsultation) {}

export interface Changed {
  readonly id: string;
  readonly revision: number;
  readonly status: string;
  readonly agency: string | null;
  readonly tier: string;
  readonly dueAt: string | null;
}

export const workerOf = (asker: Asker) => ({ kind: 'worker', agency: agencyOf(asker), user: asker.user }) as const;

/** The talk itself, and who has it. */
@ApiTags('consultations')
@Controller('consultations')
export class ConsultationController {
  constructor(
    private readonly commands: CommandBus,
    private readonly access: ConsultationAccess,
    private readonly seals: ConsultationSeals,
    private readonly views: ConsultationViews,
    private readonly agencies: Agencies,
    private readonly accessLog: AccessLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get(':id')
  @Header('cache-control', 'no-store')
  @Allow('caseworker', 'supervisor', 'person')
  async read(
    @Param('id', IdPipe) id: string,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ConsultationView> {
    const visible = await this.access.of(id, asker);
    await this.accessLog.record(asker, accessTo(visible, asker), context);
    return this.views.viewOf(visible);
  }

  @Post(':id/messages')
  @Allow('caseworker', 'supervisor', 'person')
  async send(
    @Param('id', IdPipe) id: string,
    @Body() body: SendMessageDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Changed & { readonly messageId: string }> {
    const visible = await this.access.of(id, asker);
    const by: Author = asker.person === undefined ? workerOf(asker) : { kind: 'person' };
    const message = await this.said(visible, body.message, context);
    const changed = await this.dispatch(id, { type: 'SendMessage', by, message, now: this.now() }, context);
    return { ...changed, messageId: message.messageId };
  }

  @Post(':id/take')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  async take(@Param('id', IdPipe) id: string, @CurrentActor() asker: Asker, @Context() context: CommandContext) {
    await this.access.takeable(id, asker);
    return this.dispatch(id, { type: 'TakeConsultation', by: workerOf(asker), now: this.now() }, context);
  }

  @Post(':id/routing')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  async route(
    @Param('id', IdPipe) id: string,
    @Body() { toAgency, personAgreed, note }: RouteConsultationDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Changed> {
    const visible = await this.access.of(id, asker);
    await this.agencies.mustExist(toAgency, 'toAgency');
    const said = note === undefined ? null : await this.said(visible, note, context);
    const command = { type: 'RouteConsultation', by: workerOf(asker), toAgency, personAgreed, note: said } as const;
    return this.dispatch(id, { ...command, now: this.now() }, context);
  }

  @Post(':id/triage')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  async triage(
    @Param('id', IdPipe) id: string,
    @Body() { tier }: TriageConsultationDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Changed> {
    await this.access.of(id, asker);
    return this.dispatch(id, { type: 'TriageConsultation', by: workerOf(asker), tier, now: this.now() }, context);
  }

  @Post(':id/closing')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  async close(
    @Param('id', IdPipe) id: string,
    @Body() body: CloseConsultationDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Changed> {
    const visible = await this.access.of(id, asker);
    const note = body.note === undefined ? null : await this.said(visible, body.note, context);
    return this.dispatch(id, { type: 'CloseConsultation', by: workerOf(asker), note, now: this.now() }, context);
  }

  private now(): string {
    return this.clock.now().toISOString();
  }

  private said({ id, state }: Visible, text: string, context: CommandContext): Promise<Said> {
    const heldBy = state.agency ?? 'platform';
    return this.seals.sealMessage({ id, personId: state.personId }, heldBy, idFrom(context, 'message'), text);
  }

  private async dispatch(id: string, command: ConsultationCommand, context: CommandContext): Promise<Changed> {
    return changedBy(id, await this.commands.execute(new HandleConsultation(id, command, context)));
  }
}

export function changedBy(
  id: string,
  { state, revision }: { readonly state: Visible['state'] | { readonly status: 'none' }; readonly revision: number },
): Changed {
  if (state.status === 'none') throw new Error(`consultation ${id} changed but is not there`);
  const { status, agency, tier, dueAt } = state;
  return { id, revision, status, agency, tier, dueAt };
}
