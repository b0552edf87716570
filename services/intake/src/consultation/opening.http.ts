import { Body, Controller, Header, Headers, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { OpenConsultation } from '@tsunagu/contracts';
import { type CommandContext, Rejection } from '@tsunagu/event-sourcing';
import {
  type Asker,
  type Clock,
  CLOCK,
  Context,
  CurrentActor,
  idFrom,
  NotFound,
  Public,
  within,
} from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { Agencies } from '../agencies/agencies';
import { ClaimDesk } from '../claim/claim-desk';
import { type Known, Persons } from '../person/persons';
import { HandlePerson } from '../person/person.handler';
import { HandleConsultation } from './consultation.handler';
import { ConsultationSeals } from './consultation-seals';
import type { Author } from './domain/events';

class OpenConsultationDto extends createZodDto(OpenConsultation) {}

interface Opened {
  readonly id: string;
  readonly revision: number;
  readonly personId: string;
  readonly dueAt: string | null;
  /** Shown once, to somebody who asked without signing in. */
  readonly claimCode?: string;
}

interface Asked {
  readonly by: Author;
  readonly personId: string;
  readonly agency: string | null;
  readonly known: Known;
  readonly now: Date;
}

/** Channels that somebody can use without a worker in between. */
const UNATTENDED: readonly string[] = ['web', 'chat', 'sns'];
const HOUR_MS = 3_600_000;
const ANYBODY: Known = { ageBand: 'unknown', area: 'unknown', anonymous: true };

/** People arrive: nobody needs a name, or an account, to ask for help. */
@ApiTags('consultations')
@Controller('consultations')
export class OpeningController {
  constructor(
    private readonly commands: CommandBus,
    private readonly seals: ConsultationSeals,
    private readonly persons: Persons,
    private readonly agencies: Agencies,
    private readonly claims: ClaimDesk,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @Header('cache-control', 'no-store')
  @Public()
  async open(
    @Body() body: OpenConsultationDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<Opened> {
    const by = authorOf(asker);
    if (by.kind === 'person') refuseWhatWorkersSay(body);
    const known = await this.knownPerson(body, asker);
    const personId = asker.person ?? body.personId ?? idFrom(context, 'person');
    const agency = by.kind === 'worker' ? by.agency : (body.agencyId ?? null);
    if (by.kind === 'person' && agency !== null) await this.agencies.mustExist(agency, 'agencyId');
    const now = this.clock.now();
    const told = { ...context, occurredAt: toldAt(body, by, known, now) };
    const needsCode = known === ANYBODY && (by.kind === 'person' || body.issueClaimCode);
    const claimCode = needsCode ? await this.claims.issue(personId, asker.user, key, told) : undefined;
    const opened = await this.record(body, { by, personId, agency, known, now }, told);
    return { ...opened, ...(claimCode === undefined ? {} : { claimCode }) };
  }

  private async record(
    body: OpenConsultationDto,
    { by, personId, agency, known, now }: Asked,
    context: CommandContext,
  ): Promise<Opened> {
    const id = idFrom(context, 'consultation');
    const begin = { type: 'BeginConsultation', consultationId: id } as const;
    await this.commands.execute(new HandlePerson(personId, begin, within(context, 'person')));
    const message = await this.seals.sealMessage(
      { id, personId },
      agency ?? 'platform',
      idFrom(context, 'message'),
      body.message,
    );
    const { channel, language, interpreterNeeded, inDanger } = body;
    const { anonymous, ageBand } = known;
    const area = body.area ?? known.area;
    const sector = await this.agencies.sectorOf(agency);
    const tier = inDanger ? 'crisis' : 'tier-1';
    const opening = {
      personId,
      agency,
      channel,
      language,
      interpreterNeeded,
      anonymous,
      area,
      ageBand,
      sector,
      tier,
    } as const;
    const command = {
      type: 'OpenConsultation',
      ...opening,
      by,
      message,
      at: context.occurredAt,
      now: now.toISOString(),
    } as const;
    const handled = await this.commands.execute(new HandleConsultation(id, command, context));
    const dueAt = handled.state.status === 'none' ? null : handled.state.dueAt;
    return { id, revision: handled.revision, personId, dueAt };
  }

  private async knownPerson(body: OpenConsultationDto, asker: Asker): Promise<Known> {
    if (asker.person !== undefined) return this.persons.known(asker.person, asker);
    return body.personId === undefined ? ANYBODY : this.persons.known(body.personId, asker);
  }
}

function authorOf(asker: Asker): Author {
  if (asker.person !== undefined || asker.roles.length === 0) return { kind: 'person' };
  const worker = asker.roles.includes('caseworker') || asker.roles.includes('supervisor');
  if (!worker || asker.agency === undefined) throw new NotFound();
  return { kind: 'worker', agency: asker.agency, user: asker.user };
}

function refuseWhatWorkersSay(body: OpenConsultationDto): void {
  if (!UNATTENDED.includes(body.channel)) {
    throw new Rejection(
      'channel-needs-worker',
      'Use web, chat or sns here; the other channels are recorded by workers.',
      'channel',
    );
  }
  const field = (['personId', 'occurredAt'] as const).find((name) => body[name] !== undefined);
  if (field !== undefined)
    throw new Rejection('workers-only', 'Only a worker who has signed in can state this. Leave it out.', field);
}

/** Of somebody without a name the hour is enough; a worker may write down later what happened earlier. */
function toldAt(body: OpenConsultationDto, by: Author, known: Known, now: Date): string {
  if (by.kind === 'person' && known.anonymous)
    return new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS).toISOString();
  const told = body.occurredAt === undefined ? now : new Date(body.occurredAt);
  if (told > now) throw new Rejection('occurred-in-future', 'It cannot have taken place later than now.', 'occurredAt');
  return told.toISOString();
}
