import { BadRequestException } from '@nestjs/common';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

export interface Asked {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Cursor of the next page; absent on the last. */
  readonly next?: string;
}

/** One page by (instant, id), so that pages neither skip nor repeat when entries have the same instant. */
export async function pageOf<Row extends ObjectLiteral>(
  rows: SelectQueryBuilder<Row>,
  by: { readonly instant: keyof Row & string; readonly id: keyof Row & string; readonly newestFirst: boolean },
  { limit, cursor }: Asked,
): Promise<Page<Row>> {
  const [instant, id] = [`${rows.alias}.${by.instant}`, `${rows.alias}.${by.id}`];
  const direction = by.newestFirst ? 'DESC' : 'ASC';
  if (cursor !== undefined) {
    rows.andWhere(`(${instant}, ${id}) ${by.newestFirst ? '<' : '>'} (:at, :last)`, placeOf(cursor));
  }
  const found = await rows
    .orderBy(instant, direction)
    .addOrderBy(id, direction)
    .limit(limit + 1)
    .getMany();
  const page = found.slice(0, limit);
  const last = page.at(-1);
  if (found.length <= limit || !last) return { rows: page };
  const place = `${(last[by.instant] as Date).toISOString()}~${String(last[by.id])}`;
  return { rows: page, next: Buffer.from(place).toString('base64url') };
}

function placeOf(cursor: string): { readonly at: string; readonly last: string } {
  const [at = '', last = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split('~');
  if (Number.isNaN(Date.parse(at)) || !/^[0-9a-f-]{36}$/.test(last)) {
    throw new BadRequestException('cursor: send the `next` of the page before, as it was.');
  }
  return { at, last };
}
