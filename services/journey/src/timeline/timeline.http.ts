import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { labelOf, TimelineQuery } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { agencyOf, Allow, type Asker, Context, CurrentActor, IdPipe, NotFound } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { AccessRow } from '../accesses/accesses.entity';
import { Looks } from '../looks';
import { pageOf } from '../page';
import { TimelineRow } from './timeline.entity';

class TimelineQueryDto extends createZodDto(TimelineQuery) {}

/** Emergency accesses that the person is not told of, because that would be dangerous. */
const UNTOLD = `SELECT u."emergencyAccessId" FROM timeline u WHERE u."unsafeToTell" AND u."personId" = :id`;

@ApiTags('journey')
@Controller('persons/:id')
export class TimelineController {
  constructor(
    private readonly reads: DataSource,
    private readonly looks: Looks,
  ) {}

  /** The journey in order: the person sees all of it, an agency what it was party to, an auditor all. */
  @Get('timeline')
  @Allow('person', 'caseworker', 'supervisor', 'auditor')
  async timeline(
    @Param('id', IdPipe) id: string,
    @Query() page: TimelineQueryDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    const basis = this.basisOf(asker, id);
    const facts = this.reads.getRepository(TimelineRow).createQueryBuilder('fact').where('fact.personId = :id', { id });
    if (basis === 'self') toldOf(facts, id);
    if (basis === 'own-agency') facts.andWhere('fact.parties @> :mine', { mine: JSON.stringify([agencyOf(asker)]) });
    const { rows, next } = await pageOf(facts, { instant: 'occurredAt', id: 'eventId', newestFirst: false }, page);
    if (rows.length === 0 && page.cursor === undefined && basis !== 'self') throw new NotFound();
    await this.looks.record(asker, { personId: id, subject: 'timeline', subjectId: id, basis }, context);
    return { facts: rows.map((row) => ({ ...row, label: labelOf(row.type) })), ...(next ? { next } : {}) };
  }

  /** Who looked, who wanted to and was refused, and why. */
  @Get('access-log')
  @Allow('person', 'auditor')
  async accessLog(
    @Param('id', IdPipe) id: string,
    @Query() page: TimelineQueryDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    const basis = this.basisOf(asker, id);
    const accesses = this.reads
      .getRepository(AccessRow)
      .createQueryBuilder('fact')
      .where('fact.personId = :id', { id });
    if (basis === 'self') toldOf(accesses, id);
    const { rows, next } = await pageOf(accesses, { instant: 'at', id: 'eventId', newestFirst: true }, page);
    if (rows.length === 0 && page.cursor === undefined && basis !== 'self') throw new NotFound();
    await this.looks.record(asker, { personId: id, subject: 'access-log', subjectId: id, basis }, context);
    return { accesses: rows, ...(next ? { next } : {}) };
  }

  private basisOf(asker: Asker, id: string): 'self' | 'own-agency' | 'audit' {
    if (asker.person === undefined) return asker.roles.includes('auditor') ? 'audit' : 'own-agency';
    if (asker.person !== id) throw new NotFound();
    return 'self';
  }
}

/** Leaves out an untold emergency access and whatever rests on it. */
const toldOf = (facts: SelectQueryBuilder<TimelineRow> | SelectQueryBuilder<AccessRow>, id: string): unknown =>
  facts.andWhere(`(fact.emergencyAccessId IS NULL OR fact.emergencyAccessId NOT IN (${UNTOLD}))`, { id }).andWhere(
    `(fact.authorisationId IS NULL OR fact.authorisationId NOT IN
        (SELECT a."authorisationId" FROM authorisations a WHERE a."personId" = :id AND a."restsOn" IN (${UNTOLD})))`,
  );
