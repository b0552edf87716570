import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { agencyId, DiscloseFields } from '@tsunagu/contracts';
import { type CommandContext, type EventStore, stateOf } from '@tsunagu/event-sourcing';
import {
  AccessLog,
  AllowService,
  type Asker,
  Context,
  CurrentActor,
  EVENT_STORE,
  IdPipe,
  NotFound,
} from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { isInvolved, person } from '../person/domain/person';
import { type Fields, HeldFields } from './held-fields';

class DiscloseFieldsDto extends createZodDto(DiscloseFields) {}

/** For our own services only. */
@ApiTags('internal')
@Controller('persons')
export class DisclosureController {
  constructor(
    private readonly held: HeldFields,
    private readonly accessLog: AccessLog,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** 204 when the agency is involved with the person, 404 when not. */
  @Get(':id/agencies/:agencyId')
  @HttpCode(204)
  @AllowService('consent', 'referral', 'follow-up', 'journey', 'console')
  async involved(@Param('id', IdPipe) id: string, @Param('agencyId') agency: string): Promise<void> {
    if (!agencyId.safeParse(agency).success) throw new NotFound();
    const { state } = await stateOf(this.store, person, id);
    if (!isInvolved(state, agency)) throw new NotFound();
  }

  /** Plain text for one authorised handoff: exactly the categories asked for, from what the discloser holds. */
  @Post(':id/disclosures')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @AllowService('referral', 'follow-up')
  async disclose(
    @Param('id', IdPipe) id: string,
    @Body() body: DiscloseFieldsDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<{ fields: Fields }> {
    const { state } = await stateOf(this.store, person, id);
    if (state.status !== 'known' || !isInvolved(state, body.agencyId)) throw new NotFound();
    const access = {
      personId: id,
      parties: [body.agencyId],
      subject: 'disclosure',
      subjectId: body.authorisationId,
    } as const;
    const basis = {
      action: 'disclose',
      basis: 'consent',
      authorisationId: body.authorisationId,
      outcome: 'shown',
    } as const;
    await this.accessLog.record(
      asker,
      { ...access, parties: [body.agencyId], categories: body.categories, ...basis },
      context,
    );
    return { fields: await this.held.of(id, state, body.categories, body.agencyId) };
  }
}
