import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { agencyId, type DataCategory, DiscloseFields } from '@tsunagu/contracts';
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
import { type ConsultationView, ConsultationViews } from '../consultation/consultation.view';
import { consultation } from '../consultation/domain/consultation';
import { identityFor, isInvolved, type KnownPerson, person } from '../person/domain/person';
import { IdentitySeals } from '../person/identity-seals';

class DiscloseFieldsDto extends createZodDto(DiscloseFields) {}

/** Plain text for one authorised handoff: exactly the categories asked for, from what the discloser holds. */
interface Disclosed {
  readonly fields: {
    readonly identity?: object;
    readonly 'contact-details'?: object;
    readonly 'consultation-content'?: readonly object[];
    readonly screening?: readonly object[];
    readonly needs?: readonly object[];
  };
}

/** For our own services only. */
@ApiTags('internal')
@Controller('persons')
export class DisclosureController {
  constructor(
    private readonly identities: IdentitySeals,
    private readonly views: ConsultationViews,
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

  @Post(':id/disclosures')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @AllowService('referral', 'follow-up')
  async disclose(
    @Param('id', IdPipe) id: string,
    @Body() body: DiscloseFieldsDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Disclosed> {
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
    const wanted = (category: DataCategory): boolean => body.categories.includes(category);
    const held = await this.consultationsOf(state, body.agencyId);
    return {
      fields: {
        ...(await this.whoItIs(id, state, body.agencyId, wanted)),
        ...(wanted('consultation-content') ? { 'consultation-content': held.map(contentOf) } : {}),
        ...(wanted('screening') ? { screening: held.flatMap((one) => one.screenings) } : {}),
        ...(wanted('needs') ? { needs: held.flatMap((one) => one.needs) } : {}),
      },
    };
  }

  private async whoItIs(id: string, state: KnownPerson, agency: string, wanted: (category: DataCategory) => boolean) {
    const record = identityFor(state, { kind: 'worker', agency, user: 'disclosure' });
    if (!record) return {};
    const identity = wanted('identity') ? await this.identities.openIdentity(id, record) : null;
    const contact = wanted('contact-details') ? await this.identities.openContactDetails(id, record) : null;
    return { ...(identity ? { identity } : {}), ...(contact ? { 'contact-details': contact } : {}) };
  }

  private async consultationsOf(state: KnownPerson, agency: string): Promise<readonly ConsultationView[]> {
    const views: ConsultationView[] = [];
    for (const id of state.consultations) {
      const { state: one, revision } = await stateOf(this.store, consultation, id);
      if (one.status === 'none' || !one.parties.includes(agency)) continue;
      views.push(await this.views.viewOf({ id, state: one, revision }));
    }
    return views;
  }
}

const contentOf = ({ id, channel, language, interpreterNeeded, openedAt, messages }: ConsultationView) => ({
  consultationId: id,
  channel,
  language,
  interpreterNeeded,
  openedAt,
  messages: messages.map(({ by, at, text }) => ({ by, at, text })),
});
