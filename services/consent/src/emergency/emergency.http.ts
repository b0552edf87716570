import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { EmergencyAccessesQuery, OpenEmergencyAccess, ReviewEmergencyAccess } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { agencyOf, Allow, type Asker, Context, CurrentActor, IdPipe } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { DataSource, IsNull } from 'typeorm';
import { PersonAccess } from '../person-access';
import { EmergencyAccessRow } from './emergency-accesses.entity';
import { type EmergencyHandled, HandleEmergency, type EmergencyIntent } from './emergency.handler';

class OpenEmergencyAccessDto extends createZodDto(OpenEmergencyAccess) {}
class ReviewEmergencyAccessDto extends createZodDto(ReviewEmergencyAccess) {}
class EmergencyAccessesQueryDto extends createZodDto(EmergencyAccessesQuery) {}

@ApiTags('emergency access')
@Controller()
export class EmergencyController {
  constructor(
    private readonly commands: CommandBus,
    private readonly access: PersonAccess,
    private readonly reads: DataSource,
  ) {}

  /** Any worker may open it for any person: that is what it is for. Its limits and the review are what guard it. */
  @Post('persons/:id/emergency-accesses')
  @Allow('caseworker', 'supervisor')
  open(
    @Param('id', IdPipe) id: string,
    @Body() body: OpenEmergencyAccessDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    return this.handle(id, { type: 'open', agency: agencyOf(asker), user: asker.user, body }, context);
  }

  @Post('persons/:id/emergency-accesses/:accessId/review')
  @HttpCode(200)
  @Allow('supervisor', 'auditor')
  review(
    @Param('id', IdPipe) id: string,
    @Param('accessId', IdPipe) accessId: string,
    @Body() { justified }: ReviewEmergencyAccessDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    const agency = asker.roles.includes('auditor') ? {} : { agency: agencyOf(asker) };
    return this.handle(id, { type: 'review', accessId, reviewer: asker.user, justified, ...agency }, context);
  }

  /** The person sees who broke the glass, unless telling them was said to be dangerous. */
  @Get('persons/:id/emergency-accesses')
  @Allow('person', 'auditor')
  async ofPerson(@Param('id', IdPipe) id: string, @CurrentActor() asker: Asker, @Context() context: CommandContext) {
    const basis = await this.access.requireInvolved(asker, id, context);
    await this.access.recordLook(asker, id, { subject: 'emergency-accesses' }, basis, context);
    const tellable = basis === 'self' ? { unsafeToTell: false } : {};
    const where = { personId: id, ...tellable };
    const accesses = await this.reads.getRepository(EmergencyAccessRow).find({ where, order: { from: 'ASC' } });
    return { accesses };
  }

  /** A supervisor's worklist: what their agency opened, the most overdue review first. */
  @Get('emergency-accesses')
  @Allow('supervisor', 'auditor')
  async worklist(@Query() { unreviewed }: EmergencyAccessesQueryDto, @CurrentActor() asker: Asker) {
    const mine = asker.roles.includes('auditor') ? {} : { agency: agencyOf(asker) };
    const open = unreviewed === 'true' ? { reviewedAt: IsNull() } : {};
    const where = { ...mine, ...open };
    const rows = this.reads.getRepository(EmergencyAccessRow);
    return { accesses: await rows.find({ where, order: { reviewBy: 'ASC' }, take: 200 }) };
  }

  private handle(id: string, intent: EmergencyIntent, context: CommandContext): Promise<EmergencyHandled> {
    return this.commands.execute<HandleEmergency, EmergencyHandled>(new HandleEmergency(id, intent, context));
  }
}
