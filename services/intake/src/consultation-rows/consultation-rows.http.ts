import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ListConsultations } from '@tsunagu/contracts';
import { Rejection } from '@tsunagu/event-sourcing';
import { Allow, type Asker, awaitRevision, CurrentActor, NotFound } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { ConsultationRow } from './consultation-row.entity';

class ListConsultationsDto extends createZodDto(ListConsultations) {}

interface ConsultationList {
  readonly consultations: readonly ConsultationRow[];
  /** Pass as `after` for the next page; null on the last. */
  readonly next: string | null;
}

/** Worklists: what waits, and for whom. Ids and codes only. */
@ApiTags('consultations')
@Controller('consultations')
export class ConsultationListController {
  constructor(private readonly reads: DataSource) {}

  @Get()
  @Allow('caseworker', 'supervisor', 'person')
  async list(@Query() query: ListConsultationsDto, @CurrentActor() asker: Asker): Promise<ConsultationList> {
    await this.caughtUp(query);
    const rows = this.visible(query, asker);
    if (query.id !== undefined) rows.andWhere('row.id = :id', { id: query.id });
    if (query.status !== undefined) rows.andWhere('row.status = :status', { status: query.status });
    if (query.overdue !== undefined) rows.andWhere('row.overdue = :overdue', { overdue: query.overdue === 'true' });
    if (query.personId !== undefined) rows.andWhere('row.personId = :personId', { personId: query.personId });
    if (query.after !== undefined) after(rows, query.after);
    const found = await rows
      .orderBy('row.openedAt', 'DESC')
      .addOrderBy('row.id', 'DESC')
      .limit(query.limit + 1)
      .getMany();
    const page = found.slice(0, query.limit);
    const last = page.at(-1);
    return { consultations: page, next: last && found.length > page.length ? `${last.openedAt}_${last.id}` : null };
  }

  /** The queue is open to every agency's workers; everything else to the parties. */
  private visible({ queue }: ListConsultationsDto, { person, agency }: Asker): SelectQueryBuilder<ConsultationRow> {
    const rows = this.reads.getRepository(ConsultationRow).createQueryBuilder('row');
    if (person !== undefined) return rows.where('row.personId = :person', { person });
    if (agency === undefined) throw new NotFound();
    if (queue === 'unrouted') return rows.where("row.agency IS NULL AND row.status = 'open'");
    return rows.where(':agency = ANY(row.parties)', { agency });
  }

  private async caughtUp({ id, minRevision }: ListConsultationsDto): Promise<void> {
    if (minRevision === undefined) return;
    if (id === undefined) {
      throw new Rejection('id-needed', 'minRevision speaks of one consultation: name it in id as well.', 'id');
    }
    const rows = this.reads.getRepository(ConsultationRow);
    await awaitRevision(async () => (await rows.findOneBy({ id }))?.revision, minRevision);
  }
}

function after(rows: SelectQueryBuilder<ConsultationRow>, cursor: string): void {
  const [openedAt, id] = cursor.split('_');
  if (openedAt === undefined || id === undefined || !/^[0-9a-f-]{36}$/.test(id)) {
    throw new Rejection('cursor-invalid', 'Pass `next` of the page before, unchanged.', 'after');
  }
  rows.andWhere('(row.openedAt, row.id) < (:openedAt, :cursorId)', { openedAt, cursorId: id });
}
