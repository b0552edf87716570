import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { GrantConsent, MinRevision, WithdrawConsent } from '@tsunagu/contracts';
import { type CommandContext, type EventStore, stateOf } from '@tsunagu/event-sourcing';
import { Allow, type Asker, Context, CurrentActor, EVENT_STORE, IdPipe } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { DataSource } from 'typeorm';
import { GrantRow } from '../grants/grants.entity';
import { grantEvents } from '../grants/grants.evolve';
import { PersonAccess, recorderOf } from '../person-access';
import { type ConsentHandled, HandleConsent, type ConsentIntent } from './consent.handler';
import { consent } from './domain/consent';
import { awaitVisible } from './visible';

class GrantConsentDto extends createZodDto(GrantConsent) {}
class WithdrawConsentDto extends createZodDto(WithdrawConsent) {}
class MinRevisionDto extends createZodDto(MinRevision) {}

/** Giving, seeing and taking back consent. */
@ApiTags('consent')
@Controller('persons/:id')
export class ConsentController {
  constructor(
    private readonly commands: CommandBus,
    private readonly access: PersonAccess,
    private readonly reads: DataSource,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  @Post('grants')
  @Allow('person', 'caseworker', 'supervisor')
  async grant(
    @Param('id', IdPipe) id: string,
    @Body() body: GrantConsentDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    await this.access.requireInvolved(asker, id, context);
    const { revision, events } = await this.handle(
      id,
      { type: 'GrantConsent', recorder: recorderOf(asker), body },
      context,
    );
    const granted = events.find((event) => event.type === 'ConsentGranted');
    return { id: granted?.data.grantId, revision, effect: granted?.data.effect, until: granted?.data.until };
  }

  /** Always possible, as often as somebody likes; effective when this answers. */
  @Post('withdrawals')
  @Allow('person', 'caseworker', 'supervisor', 'agency-admin')
  async withdraw(
    @Param('id', IdPipe) id: string,
    @Body() { grantIds }: WithdrawConsentDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    await this.requireMayWithdraw(asker, id, grantIds, context);
    const intent = { type: 'WithdrawConsent', grantIds, recorder: recorderOf(asker) } as const;
    const { revision, events } = await this.handle(id, intent, context);
    const withdrawn = events.flatMap((event) => (event.type === 'ConsentWithdrawn' ? event.data.grantIds : []));
    return { id, revision, withdrawn };
  }

  @Get('grants')
  @Allow('person', 'caseworker', 'supervisor', 'auditor')
  async grants(
    @Param('id', IdPipe) id: string,
    @Query() { minRevision }: MinRevisionDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    const basis = await this.access.requireInvolved(asker, id, context);
    await awaitVisible(this.store, this.reads, GrantRow, grantEvents, id, minRevision);
    await this.access.recordLook(asker, id, { subject: 'grants' }, basis, context);
    const rows = await this.reads
      .getRepository(GrantRow)
      .find({ where: { personId: id }, order: { recordedAt: 'ASC' } });
    const mine = (row: GrantRow): boolean => basis !== 'own-agency' || row.parties.includes(asker.agency ?? '');
    return { grants: rows.filter(mine).map(({ parties: _parties, ...row }) => row) };
  }

  /** Lifting a refusal can widen what is permitted, so a mere stake does not suffice for it. */
  private async requireMayWithdraw(
    asker: Asker,
    id: string,
    grantIds: readonly string[] | 'all',
    context: CommandContext,
  ): Promise<void> {
    const { state } = await stateOf(this.store, consent, id);
    const lifts = grantIds !== 'all' && state.grants.some((g) => g.effect === 'deny' && grantIds.includes(g.grantId));
    const hasStake = asker.agency !== undefined && state.stakeholders.includes(asker.agency);
    if (hasStake && !lifts) return;
    await this.access.requireInvolved(asker, id, context);
  }

  private handle(id: string, intent: ConsentIntent, context: CommandContext): Promise<ConsentHandled> {
    return this.commands.execute<HandleConsent, ConsentHandled>(new HandleConsent(id, intent, context));
  }
}
