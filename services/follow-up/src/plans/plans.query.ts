import { Injectable } from '@nestjs/common';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import type { PlanSummary } from '@tsunagu/contracts';
import { rowAt } from '@tsunagu/platform';
import { DataSource, type FindOptionsWhere, LessThanOrEqual } from 'typeorm';
import type { z } from 'zod';
import { PlanRow } from './plans.entity';

export type Plan = z.infer<typeof PlanSummary>;

/** Plans that an agency, or a person, may list. */
export class FindPlans {
  constructor(readonly where: FindOptionsWhere<PlanRow>) {}
}

const PAGE = 500;

@QueryHandler(FindPlans)
export class FindPlansHandler implements IQueryHandler<FindPlans, Plan[]> {
  constructor(private readonly reads: DataSource) {}

  async execute({ where }: FindPlans): Promise<Plan[]> {
    const rows = await this.reads
      .getRepository(PlanRow)
      .find({ where, order: { nextContactOn: 'ASC', id: 'ASC' }, take: PAGE });
    return rows.map(summary);
  }
}

@Injectable()
export class PlanRows {
  constructor(private readonly reads: DataSource) {}

  /** @throws Unavailable when the row has not reached `minRevision` within 2 s */
  async one(id: string, minRevision: number | undefined): Promise<Plan | undefined> {
    const row = await rowAt(() => this.reads.getRepository(PlanRow).findOneBy({ id }), minRevision);
    return row ? summary(row) : undefined;
  }
}

export const dueBy = (date: string): FindOptionsWhere<PlanRow> => ({
  status: 'open',
  nextContactOn: LessThanOrEqual(date),
});

function summary({ nextContactOn, nextContactMode, ...row }: PlanRow): Plan {
  return { ...row, leansOn: [...row.leansOn], nextContact: { on: nextContactOn, mode: nextContactMode } };
}
