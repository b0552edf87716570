import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type Instrument, RecordNeed, RecordScreening, SettleNeed } from '@tsunagu/contracts';
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
import { ConsultationAccess } from './consultation.access';
import { HandleConsultation } from './consultation.handler';
import { type Changed, changedBy, workerOf } from './consultation.http';
import { ConsultationSeals } from './consultation-seals';
import { accessTo } from './consultation.view';
import { score } from './domain/scoring';
import { instrumentOf, readInstruments } from './instruments';

class RecordScreeningDto extends createZodDto(RecordScreening) {}
class RecordNeedDto extends createZodDto(RecordNeed) {}
class SettleNeedDto extends createZodDto(SettleNeed) {}

/** What the talk brings to light: scores and needs. */
@ApiTags('consultations')
@Controller()
export class AssessmentController {
  private readonly known = readInstruments();

  constructor(
    private readonly commands: CommandBus,
    private readonly access: ConsultationAccess,
    private readonly seals: ConsultationSeals,
    private readonly accessLog: AccessLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('instruments')
  @Allow('caseworker', 'supervisor', 'person')
  instruments(): { readonly instruments: readonly Instrument[] } {
    return { instruments: this.known };
  }

  @Post('consultations/:id/screenings')
  @Allow('caseworker', 'supervisor')
  async screen(
    @Param('id', IdPipe) id: string,
    @Body() body: RecordScreeningDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<
    Changed & { readonly screeningId: string; readonly version: string; readonly score: number; readonly band: string }
  > {
    const visible = await this.access.of(id, asker);
    const { id: instrument, version, ...rest } = instrumentOf(this.known, body.instrument, body.version);
    const scored = score({ id: instrument, version, ...rest }, body.answers);
    const screeningId = idFrom(context, 'screening');
    const subject = { id, personId: visible.state.personId };
    const result = await this.seals.sealResult(subject, agencyOf(asker), screeningId, scored);
    const command = { type: 'RecordScreening', by: workerOf(asker), screeningId, instrument, version, result } as const;
    const handled = await this.commands.execute(new HandleConsultation(id, { ...command, now: this.now() }, context));
    await this.accessLog.record(asker, { ...accessTo(visible, asker), categories: ['screening'] }, context);
    return { ...changedBy(id, handled), screeningId, version, score: scored.score, band: scored.band };
  }

  @Post('consultations/:id/needs')
  @Allow('caseworker', 'supervisor')
  async recordNeed(
    @Param('id', IdPipe) id: string,
    @Body() { need, urgency, note }: RecordNeedDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Changed & { readonly needId: string }> {
    const { state } = await this.access.of(id, asker);
    const needId = idFrom(context, 'need');
    const subject = { id, personId: state.personId };
    const sealed = note === undefined ? null : await this.seals.sealNote(subject, agencyOf(asker), needId, note);
    const command = { type: 'RecordNeed', by: workerOf(asker), needId, need, urgency, note: sealed } as const;
    const handled = await this.commands.execute(new HandleConsultation(id, { ...command, now: this.now() }, context));
    return { ...changedBy(id, handled), needId };
  }

  @Post('consultations/:id/needs/:needId/settlement')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  async settleNeed(
    @Param('id', IdPipe) id: string,
    @Param('needId', IdPipe) needId: string,
    @Body() { status }: SettleNeedDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Changed> {
    await this.access.of(id, asker);
    const command = { type: 'SettleNeed', by: workerOf(asker), needId, status, now: this.now() } as const;
    return changedBy(id, await this.commands.execute(new HandleConsultation(id, command, context)));
  }

  private now(): string {
    return this.clock.now().toISOString();
  }
}
