import { Body, Controller, Get, Header, Inject, Param, Patch, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { dateInJapan } from '@tsunagu/calendar';
import { CorrectIdentity, RecordIdentity } from '@tsunagu/contracts';
import { type CommandContext, Rejection } from '@tsunagu/event-sourcing';
import {
  AccessLog,
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
import { DataSource } from 'typeorm';
import { ConsultationRow } from '../consultation-rows/consultation-row.entity';
import { DuplicateIndex } from '../duplicates/duplicate-index';
import { identityFor, type Person } from './domain/person';
import { type IdentityFields, IdentitySeals } from './identity-seals';
import { HandlePerson } from './person.handler';
import { Persons, recorderOf, type VisiblePerson } from './persons';

class RecordIdentityDto extends createZodDto(RecordIdentity) {}
class CorrectIdentityDto extends createZodDto(CorrectIdentity) {}

interface Identified {
  readonly id: string;
  readonly revision: number;
  readonly recordId: string;
  /** For workers: how many records of their own agency may be the same person. */
  readonly possibleDuplicates?: number;
}

interface PersonView {
  readonly id: string;
  readonly revision: number;
  readonly status: Person['status'];
  /** What this reader was told of who it is; null while anonymous, and after erasure. */
  readonly identity: (IdentityFields & { readonly recordedAt: string }) | null;
  readonly corrections: number;
  /** Records of the reader's own agency that are the same person. */
  readonly linked: readonly string[];
  readonly consultations: readonly Pick<
    ConsultationRow,
    'id' | 'personId' | 'status' | 'channel' | 'openedAt' | 'dueAt'
  >[];
}

/** The person's own record: anonymous at first, named when they want. */
@ApiTags('persons')
@Controller('persons')
export class PersonController {
  constructor(
    private readonly commands: CommandBus,
    private readonly persons: Persons,
    private readonly seals: IdentitySeals,
    private readonly duplicates: DuplicateIndex,
    private readonly accessLog: AccessLog,
    private readonly reads: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get(':id')
  @Header('cache-control', 'no-store')
  @Allow('caseworker', 'supervisor', 'person')
  async read(
    @Param('id', IdPipe) id: string,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<PersonView> {
    const visible = await this.persons.visible(id, asker);
    await this.recordView(visible, asker, context);
    const { state, revision } = visible;
    const record = identityFor(state, recorderOf(asker));
    const fields = record && (await this.seals.open(id, record));
    const linked = state.links.filter((link) => link.agency === asker.agency).map((link) => link.otherPersonId);
    return {
      id,
      revision,
      status: state.status,
      identity: record && fields ? { ...fields, recordedAt: record.at } : null,
      corrections: Math.max(state.identities.filter((one) => one.by.kind === record?.by.kind).length - 1, 0),
      linked,
      consultations: await this.consultationsOf([id, ...linked], asker),
    };
  }

  @Post(':id/identity')
  @Allow('caseworker', 'supervisor', 'person')
  async record(
    @Param('id', IdPipe) id: string,
    @Body() body: RecordIdentityDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Identified> {
    const visible = await this.persons.visible(id, asker);
    return this.keep('RecordIdentity', visible, body, asker, context);
  }

  @Patch(':id/identity')
  @Allow('caseworker', 'supervisor', 'person')
  async correct(
    @Param('id', IdPipe) id: string,
    @Body() body: CorrectIdentityDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Identified> {
    const visible = await this.persons.visible(id, asker);
    const record = identityFor(visible.state, recorderOf(asker));
    const before = record && (await this.seals.open(id, record));
    if (!before) throw new Rejection('not-identified', 'There is no name to correct yet. Record it first (POST).');
    const merged = { ...before, ...body };
    const present = Object.entries(merged).filter(([, value]) => value !== null && value !== undefined);
    const after: IdentityFields = { name: before.name, ...Object.fromEntries(present) };
    return this.keep('CorrectIdentity', visible, after, asker, context);
  }

  private async keep(
    type: 'RecordIdentity' | 'CorrectIdentity',
    { id }: VisiblePerson,
    fields: IdentityFields,
    asker: Asker,
    context: CommandContext,
  ): Promise<Identified> {
    const now = this.clock.now().toISOString();
    if (fields.birthDate !== undefined && fields.birthDate > dateInJapan(now)) {
      throw new Rejection('birth-date-in-future', 'A birth date cannot lie ahead.', 'birthDate');
    }
    const by = recorderOf(asker);
    const recordId = idFrom(context, 'identity');
    const heldBy = by.kind === 'person' ? 'platform' : by.agency;
    const sealed = await this.seals.seal(id, { recordId, heldBy }, fields);
    const command = { type, recordId, by, ...sealed, now } as const;
    const { revision, state } = await this.commands.execute(new HandlePerson(id, command, context));
    if (by.kind === 'person') return { id, revision, recordId };
    const found = await this.duplicates.find(id, state, by.agency);
    return { id, revision, recordId, possibleDuplicates: found.length };
  }

  private async consultationsOf(persons: readonly string[], asker: Asker): Promise<PersonView['consultations']> {
    const rows = this.reads
      .getRepository(ConsultationRow)
      .createQueryBuilder('row')
      .where('row.personId IN (:...persons)', { persons })
      .orderBy('row.openedAt', 'DESC')
      .limit(200);
    if (asker.person === undefined) rows.andWhere(':agency = ANY(row.parties)', { agency: asker.agency });
    const found = await rows.getMany();
    return found.map(({ id, personId, status, channel, openedAt, dueAt }) => ({
      id,
      personId,
      status,
      channel,
      openedAt,
      dueAt,
    }));
  }

  private recordView({ id, state }: VisiblePerson, asker: Asker, context: CommandContext): Promise<void> {
    const shown = identityFor(state, recorderOf(asker)) !== undefined && state.status === 'known';
    const access = {
      personId: id,
      parties: asker.agency === undefined ? [] : [asker.agency],
      subject: 'person',
      subjectId: id,
      categories: shown ? (['identity', 'contact-details'] as const).slice() : [],
      purpose: 'consultation',
      action: 'read',
      basis: asker.person === undefined ? 'own-agency' : 'self',
      outcome: 'shown',
    } as const;
    return this.accessLog.record(asker, access, context);
  }
}
