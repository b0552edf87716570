import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext, EventStore, RecordedEvent } from '@tsunagu/event-sourcing';
import { Allow, type Asker, Context, CurrentActor, EVENT_STORE, IdPipe, NotFound } from '@tsunagu/platform';
import type { ConsentGranted } from '../consent/domain/events';
import { type Basis, PersonAccess } from '../person-access';
import { PersonSeals } from '../person-seals';
import { receiptOf } from './receipt';

type GrantedEvent = RecordedEvent<{ readonly type: 'ConsentGranted'; readonly data: ConsentGranted }>;

@ApiTags('consent')
@Controller('persons/:id/grants/:grantId/receipt')
export class ReceiptController {
  constructor(
    private readonly access: PersonAccess,
    private readonly seals: PersonSeals,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** Consent receipt of ISO/IEC TS 27560 as JSON-LD; the representative's name is told to the person alone. */
  @Get()
  @Allow('person', 'caseworker', 'supervisor')
  async receipt(
    @Param('id', IdPipe) id: string,
    @Param('grantId', IdPipe) grantId: string,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    const basis = await this.access.requireInvolved(asker, id, context);
    const stream = await this.store.readStream(`consent-${id}`);
    const granted = stream.find((event): event is GrantedEvent => isGrantOf(event, grantId));
    const isMine = basis === 'self' || granted?.data.parties.includes(asker.agency ?? '');
    if (!granted || !isMine) throw new NotFound();
    await this.access.recordLook(asker, id, { subject: 'consent-receipt', subjectId: grantId }, basis, context);
    const withdrawal = stream.find((event) => isWithdrawalOf(event, grantId));
    const representative = await this.nameOfRepresentative(id, granted, basis);
    return receiptOf(id, granted.data, {
      recordedAt: granted.recordedAt,
      recordedBy: granted.metadata.actor,
      ...(withdrawal ? { withdrawnAt: withdrawal.recordedAt } : {}),
      ...(representative === undefined ? {} : { representative }),
    });
  }

  private async nameOfRepresentative(id: string, { data, metadata }: GrantedEvent, basis: Basis) {
    if (data.givenBy.kind !== 'representative' || basis !== 'self') return undefined;
    return this.seals.open(id, metadata.actor.agency, 'ConsentGranted', 'givenBy.name', data.givenBy.name);
  }
}

const isGrantOf = ({ type, data }: RecordedEvent, grantId: string): boolean =>
  type === 'ConsentGranted' && (data as ConsentGranted).grantId === grantId;

const isWithdrawalOf = ({ type, data }: RecordedEvent, grantId: string): boolean =>
  type === 'ConsentWithdrawn' && (data as { readonly grantIds: readonly string[] }).grantIds.includes(grantId);
