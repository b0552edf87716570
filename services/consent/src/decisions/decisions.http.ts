import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AskDecision, Authorise, AuthorisationsQuery, type AuthorisationAnswer } from '@tsunagu/contracts';
import { type CommandContext, type EventStore, stateOf } from '@tsunagu/event-sourcing';
import {
  Allow,
  AllowService,
  type Asker,
  type Clock,
  CLOCK,
  Context,
  CurrentActor,
  EVENT_STORE,
  IdPipe,
} from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { DataSource } from 'typeorm';
import { consent } from '../consent/domain/consent';
import { decide } from '../consent/domain/decision';
import { currentPolicy } from '../consent/domain/policy';
import { consentAsOf } from '../consent/history';
import { awaitVisible } from '../consent/visible';
import { PersonAccess } from '../person-access';
import { Authorisations, explanationOf } from './authorise';
import { DecisionRow } from './decisions.entity';
import { decisionEvents } from './decisions.evolve';

class AskDecisionDto extends createZodDto(AskDecision) {}
class AuthoriseDto extends createZodDto(Authorise) {}
class AuthorisationsQueryDto extends createZodDto(AuthorisationsQuery) {}

const PAGE = 100;
/** Emergency accesses that it would be dangerous to tell the person of. */
const UNTOLD = `SELECT e."accessId"::text FROM emergency_accesses e WHERE e."personId" = :id AND e."unsafeToTell"`;

/** Asking whether something would be permitted, and recording that it is. */
@ApiTags('decisions')
@Controller()
export class DecisionController {
  constructor(
    private readonly authorisations: Authorisations,
    private readonly access: PersonAccess,
    private readonly reads: DataSource,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Explains a decision, for now or for the past; authorises nothing. */
  @Post('decisions')
  @HttpCode(200)
  @Allow('person', 'caseworker', 'supervisor', 'auditor')
  async explain(@Body() body: AskDecisionDto, @CurrentActor() asker: Asker, @Context() context: CommandContext) {
    const { personId, at, knownAt, ...asked } = body;
    const basis = await this.access.requireInvolved(asker, personId, context);
    await this.access.recordLook(asker, personId, { subject: 'consent-decision' }, basis, context);
    const now = this.clock.now();
    const moment = at === undefined ? now : new Date(at);
    const state =
      at === undefined && knownAt === undefined
        ? (await stateOf(this.store, consent, personId)).state
        : consentAsOf(
            await this.store.readStream(`consent-${personId}`),
            moment,
            knownAt === undefined ? now : new Date(knownAt),
          );
    const decision = decide({ ...asked, personId, at: moment.toISOString() }, state, currentPolicy);
    const { outcome, code, until, obligations, policyVersion, consentRevision } = decision;
    return {
      ...{ outcome, code, until, obligations, policyVersion, consentRevision },
      at: moment.toISOString(),
      explanation: explanationOf(decision),
    };
  }

  /** Between services: one disclosure, authorised or refused, on the record before this answers. */
  @Post('authorisations')
  @HttpCode(200)
  @AllowService('intake', 'referral', 'follow-up')
  authorise(@Body() body: AuthoriseDto, @Context() context: CommandContext): Promise<AuthorisationAnswer> {
    const { personId, discloserAgency = null, ...asked } = body;
    return this.authorisations.authorise(personId, { ...asked, discloser: discloserAgency }, context);
  }

  @Get('persons/:id/authorisations')
  @Allow('person', 'caseworker', 'supervisor', 'auditor')
  async list(
    @Param('id', IdPipe) id: string,
    @Query() { minRevision, before }: AuthorisationsQueryDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    const basis = await this.access.requireInvolved(asker, id, context);
    await awaitVisible(this.store, this.reads, DecisionRow, decisionEvents, id, minRevision);
    await this.access.recordLook(asker, id, { subject: 'authorisations' }, basis, context);
    const rows = this.reads.getRepository(DecisionRow).createQueryBuilder('d').where('d.personId = :id', { id });
    if (before !== undefined) rows.andWhere('d.revision < :before', { before });
    if (basis === 'own-agency') rows.andWhere('d.parties @> :mine', { mine: JSON.stringify([asker.agency]) });
    if (basis === 'self') rows.andWhere(`(d.restsOn IS NULL OR d.restsOn NOT IN (${UNTOLD}))`);
    const page = await rows.orderBy('d.revision', 'DESC').limit(PAGE).getMany();
    const next = page.length === PAGE ? page.at(-1)?.revision : undefined;
    return { authorisations: page.map(({ parties: _parties, ...row }) => row), before: next };
  }
}
