import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { LedgerQuery, nobody } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { Allow, type Asker, Context, CurrentActor } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { DataSource, type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';
import { AccessRow } from './accesses/accesses.entity';
import { ConsentRow } from './consents/consents.entity';
import { uncoveredDisclosures } from './disclosures/uncovered';
import { HandoffRow } from './handoffs/handoffs.entity';
import { provisionRecordsOf } from './handoffs/provision-record';
import { Looks } from './looks';
import { pageOf } from './page';

class LedgerQueryDto extends createZodDto(LedgerQuery) {}

/** An auditor's search over all persons; every search is itself on record. */
@ApiTags('audit')
@Controller()
export class LedgerController {
  constructor(
    private readonly reads: DataSource,
    private readonly looks: Looks,
  ) {}

  /** Referrals by which data were given, each with the records of APPI Art. 29 and 30. */
  @Get('handoffs')
  @Allow('auditor')
  async handoffs(@Query() query: LedgerQueryDto, @CurrentActor() asker: Asker, @Context() context: CommandContext) {
    const rows = this.reads.getRepository(HandoffRow).createQueryBuilder('row').where('row.givenAt IS NOT NULL');
    within(rows, 'givenAt', query);
    const { agency, purpose, outcome } = query;
    if (agency !== undefined) rows.andWhere(':agency IN (row.fromAgency, row.toAgency)', { agency });
    if (purpose !== undefined) {
      rows.andWhere(
        `row.authorisationId IN (SELECT a."authorisationId" FROM authorisations a WHERE a."purpose" = :purpose)`,
        { purpose },
      );
    }
    if (outcome !== undefined) rows.andWhere(':outcome IN (row.status, row.outcome)', { outcome });
    const { rows: handoffs, next } = await pageOf(
      rows,
      { instant: 'givenAt', id: 'referralId', newestFirst: true },
      query,
    );
    await this.recordSearch('handoffs', query, asker, context);
    const recorded = handoffs.map((handoff) => ({ ...handoff, records: provisionRecordsOf(handoff) }));
    return { handoffs: recorded, ...(next ? { next } : {}) };
  }

  /** Disclosures without an authorisation in force. Anything here is a breach. */
  @Get('handoffs/uncovered')
  @Allow('auditor')
  async uncovered(@CurrentActor() asker: Asker, @Context() context: CommandContext) {
    await this.recordSearch('uncovered', {}, asker, context);
    return { uncovered: await uncoveredDisclosures(this.reads) };
  }

  /** Grants and denials of everybody; `outcome` is `permit`, `deny` or `withdrawn`. */
  @Get('consents')
  @Allow('auditor')
  async consents(@Query() query: LedgerQueryDto, @CurrentActor() asker: Asker, @Context() context: CommandContext) {
    const rows = this.reads.getRepository(ConsentRow).createQueryBuilder('row').where('row.known');
    within(rows, 'recordedAt', query);
    const { agency, purpose, outcome } = query;
    if (agency !== undefined) {
      const recipient = JSON.stringify([{ agency }]);
      rows.andWhere('(row.recipients @> :recipient OR row.recordedByAgency = :agency)', { recipient, agency });
    }
    if (purpose !== undefined) rows.andWhere('row.purposes @> :purposes', { purposes: JSON.stringify([purpose]) });
    if (outcome !== undefined) {
      const standing = `CASE WHEN row.withdrawnAt IS NULL THEN row.effect ELSE 'withdrawn' END`;
      rows.andWhere(`${standing} = :outcome`, { outcome });
    }
    const { rows: found, next } = await pageOf(
      rows,
      { instant: 'recordedAt', id: 'grantId', newestFirst: true },
      query,
    );
    await this.recordSearch('consents', query, asker, context);
    const consents = found.map(({ known: _known, ...row }) => ({
      ...row,
      outcome: row.withdrawnAt === null ? row.effect : 'withdrawn',
    }));
    return { consents, ...(next ? { next } : {}) };
  }

  /** Who looked at what, of whom, why, and what they were refused. */
  @Get('accesses')
  @Allow('auditor')
  async accesses(@Query() query: LedgerQueryDto, @CurrentActor() asker: Asker, @Context() context: CommandContext) {
    const rows = this.reads.getRepository(AccessRow).createQueryBuilder('row').where('TRUE');
    within(rows, 'at', query);
    const { agency, purpose, outcome } = query;
    if (agency !== undefined) rows.andWhere('row.agency = :agency', { agency });
    if (purpose !== undefined) rows.andWhere('row.purpose = :purpose', { purpose });
    if (outcome !== undefined) rows.andWhere('row.outcome = :outcome', { outcome });
    const { rows: accesses, next } = await pageOf(rows, { instant: 'at', id: 'eventId', newestFirst: true }, query);
    await this.recordSearch('accesses', query, asker, context);
    return { accesses, ...(next ? { next } : {}) };
  }

  private recordSearch(
    over: string,
    { person = nobody }: { readonly person?: string | undefined },
    asker: Asker,
    context: CommandContext,
  ): Promise<void> {
    const look = { personId: person, subject: 'search', subjectId: over, basis: 'audit' } as const;
    return this.looks.record(asker, look, context);
  }
}

function within<Row extends ObjectLiteral>(
  rows: SelectQueryBuilder<Row>,
  instant: keyof Row & string,
  { from, to, person }: LedgerQuery,
): void {
  if (person !== undefined) rows.andWhere('row.personId = :person', { person });
  if (from !== undefined) rows.andWhere(`row.${instant} >= :from`, { from });
  if (to !== undefined) rows.andWhere(`row.${instant} < :to`, { to });
}
