import { Inject, Injectable } from '@nestjs/common';
import type { FindReferrals, OpenCallLine, ReferralLine } from '@tsunagu/contracts';
import { type Clock, CLOCK } from '@tsunagu/platform';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { ReferralRow } from './referral-row.entity';

export interface Page<Line> {
  readonly lines: readonly Line[];
  /** Pass as `before` for the next page; null on the last. */
  readonly next: string | null;
}

@Injectable()
export class ReferralRows {
  constructor(
    private readonly reads: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Latest first. A receiver sees a referral from when it was sent. */
  async find(agency: string, user: string, query: FindReferrals): Promise<Page<ReferralLine>> {
    const find = this.reads.getRepository(ReferralRow).createQueryBuilder('r');
    const boxes = {
      in: `r."toAgency" = :agency AND r."sentAt" IS NOT NULL`,
      out: `r."fromAgency" = :agency`,
    };
    const box = query.box ? boxes[query.box] : `(${boxes.out} OR (${boxes.in}))`;
    find.where(box, { agency });
    if (query.status) find.andWhere('r."status" = :status', { status: query.status });
    if (query.personId) find.andWhere('r."personId" = :personId', { personId: query.personId });
    if (query.mine) find.andWhere('(r."requestedBy" = :user OR r."handledBy" = :user)', { user });
    if (query.due) {
      const waiting = JSON.stringify([{ agency, acknowledged: false }]);
      find.andWhere('(r."deadline" <= :now OR r."notices" @> :waiting::jsonb)', {
        now: this.clock.now().toISOString(),
        waiting,
      });
    }
    const rows = await latest(find, query);
    return page(rows, query.limit, (row) => lineFor(agency, row));
  }

  /** Nothing about the person: any agency may read this. */
  async openCalls(query: {
    readonly before?: string | undefined;
    readonly limit: number;
  }): Promise<Page<OpenCallLine>> {
    const find = this.reads.getRepository(ReferralRow).createQueryBuilder('r');
    find.where(`r."status" = 'requested' AND r."toAgency" IS NULL`);
    const rows = await latest(find, query);
    return page(rows, query.limit, ({ id, fromAgency, serviceId, sentAt, deadline }) => ({
      id,
      fromAgency,
      serviceId,
      sentAt: sentAt ?? '',
      deadline: deadline ?? '',
    }));
  }
}

/** One more than asked for, to know whether there is a next page. */
function latest(
  find: SelectQueryBuilder<ReferralRow>,
  { before, limit }: { readonly before?: string | undefined; readonly limit: number },
): Promise<ReferralRow[]> {
  const [draftedAt, id] = before?.split('|') ?? [];
  if (draftedAt !== undefined)
    find.andWhere('(r."draftedAt", r."id") < (:draftedAt, :id)', { draftedAt, id: id ?? '' });
  return find
    .orderBy('r."draftedAt"', 'DESC')
    .addOrderBy('r."id"', 'DESC')
    .limit(limit + 1)
    .getMany();
}

function page<Line>(rows: readonly ReferralRow[], limit: number, line: (row: ReferralRow) => Line): Page<Line> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { lines: shown.map(line), next: rows.length > limit && last ? `${last.draftedAt}|${last.id}` : null };
}

/** The receiver is not told whom else the sender asked, nor what consent refused before. */
function lineFor(agency: string, { notices, noticeDue: _, serviceId: __, ...row }: ReferralRow): ReferralLine {
  const waiting = notices.filter((notice) => notice.agency === agency && !notice.acknowledged);
  const acknowledgeBy = waiting.map(({ deadline }) => deadline).sort()[0] ?? null;
  if (row.fromAgency === agency) return { ...row, acknowledgeBy };
  return { ...row, acknowledgeBy, withheld: null, previousReferralId: null, nextReferralId: null };
}
