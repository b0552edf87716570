import { Injectable } from '@nestjs/common';
import type { OrganisationsQuery, ServicesQuery } from '@tsunagu/contracts';
import { NotFound, rowAt } from '@tsunagu/platform';
import { DataSource, type EntityTarget, type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';
import type { z } from 'zod';
import { localMoment, openingAt } from '../domain/opening';
import { searchKey, searchWords } from '../domain/search-key';
import { OrganisationRow, ServiceRow } from './rows.entity';

export interface Page<Row> {
  readonly items: readonly Row[];
  /** Cursor of the page after this one; null at the end. */
  readonly next: string | null;
}

type ServiceFilter = Partial<z.infer<typeof ServicesQuery>>;
type OrganisationFilter = Partial<z.infer<typeof OrganisationsQuery>>;
type Entry = OrganisationRow | ServiceRow;
const PAGE = 50;

/** The open directory, searched. */
@Injectable()
export class DirectoryQuery {
  constructor(private readonly reads: DataSource) {}

  /** @throws NotFound when there is none; Unavailable when it has not reached `minRevision` */
  readonly service = (id: string, minRevision?: number): Promise<ServiceRow> => this.entry(ServiceRow, id, minRevision);
  /** @throws as `service` */
  readonly organisation = (id: string, minRevision?: number): Promise<OrganisationRow> =>
    this.entry(OrganisationRow, id, minRevision);

  find<Row extends Entry>(kind: EntityTarget<Row>, id: string): Promise<Row | null> {
    return this.reads.getRepository(kind).createQueryBuilder('row').where('row.id = :id', { id }).getOne();
  }

  async organisations(filter: OrganisationFilter): Promise<Page<OrganisationRow>> {
    await this.reached(OrganisationRow, filter);
    const from = (after?: Cursor) => inOrder(this.organisationsWhere(filter), after);
    return paged(from, filter, () => true);
  }

  /** Opening hours are judged row by row, so that a page is filled however many are closed. */
  async services(filter: ServiceFilter): Promise<Page<ServiceRow>> {
    await this.reached(ServiceRow, filter);
    const at = filter.openAt === undefined ? undefined : localMoment(filter.openAt);
    const isOpen = ({ profile }: ServiceRow): boolean =>
      at === undefined || !['closed', 'unknown'].includes(openingAt(profile.schedule, at));
    return paged((after) => inOrder(this.servicesWhere(filter), after), filter, isOpen);
  }

  async numberedServices(filter: ServiceFilter, page: number, size: number): Promise<[readonly ServiceRow[], number]> {
    return inOrder(this.servicesWhere(filter))
      .offset((page - 1) * size)
      .limit(size)
      .getManyAndCount();
  }

  async numberedOrganisations(
    filter: OrganisationFilter,
    page: number,
    size: number,
  ): Promise<[readonly OrganisationRow[], number]> {
    return inOrder(this.organisationsWhere(filter))
      .offset((page - 1) * size)
      .limit(size)
      .getManyAndCount();
  }

  /** Everything that helps with a need, whether it can take somebody now or not. */
  helpingWith(need: string): Promise<readonly ServiceRow[]> {
    return this.servicesWhere({})
      .andWhere('row.needs @> :need', { need: JSON.stringify([need]) })
      .getMany();
  }

  private async entry<Row extends Entry>(kind: EntityTarget<Row>, id: string, minRevision?: number): Promise<Row> {
    const row = await rowAt(() => this.find(kind, id), minRevision);
    if (!row) throw new NotFound();
    return row;
  }

  /** Waits until the one entry asked for can be seen as it was just written. */
  private async reached<Row extends Entry>(
    kind: EntityTarget<Row>,
    { id, minRevision }: { readonly id?: string | undefined; readonly minRevision?: number | undefined },
  ): Promise<void> {
    if (id !== undefined && minRevision !== undefined) await rowAt(() => this.find(kind, id), minRevision);
  }

  private organisationsWhere({ sector, q, id }: OrganisationFilter): SelectQueryBuilder<OrganisationRow> {
    const query = this.reads.getRepository(OrganisationRow).createQueryBuilder('row').where('true');
    if (id) query.andWhere('row.id = :id', { id });
    if (sector) query.andWhere('row.sector = :sector', { sector });
    return withWords(query, q);
  }

  private servicesWhere(filter: ServiceFilter): SelectQueryBuilder<ServiceRow> {
    const query = this.reads.getRepository(ServiceRow).createQueryBuilder('row').where('true');
    const { id, need, mode, area, language, status, kind, organisationId, managedBy, q } = filter;
    for (const [column, value] of Object.entries({ id, status, kind, organisationId, managedBy })) {
      if (value !== undefined) query.andWhere(`row.${column} = :${column}`, { [column]: value });
    }
    if (need) query.andWhere('row.needs @> :need', { need: JSON.stringify([need]) });
    if (mode) query.andWhere('row.modes @> :mode', { mode: JSON.stringify([mode]) });
    if (area) {
      const meets = 'starts_with(area, :area) OR starts_with(:area, area)';
      query.andWhere(`EXISTS (SELECT FROM jsonb_array_elements_text(row.areaKeys) area WHERE ${meets})`, {
        area: searchKey(area),
      });
    }
    if (language) {
      const speaks = `lower(split_part(spoken, '-', 1)) = :language`;
      query.andWhere(`EXISTS (SELECT FROM jsonb_array_elements_text(row.languages) spoken WHERE ${speaks})`, {
        language: language.split('-')[0]?.toLowerCase(),
      });
    }
    return withWords(query, q);
  }
}

function withWords<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  q: string | undefined,
): SelectQueryBuilder<Row> {
  searchWords(q ?? '').forEach((word, n) =>
    query.andWhere(`strpos(row.search, :word${n}) > 0`, { [`word${n}`]: word }),
  );
  return query;
}

interface Cursor {
  readonly name: string;
  readonly id: string;
}

/** By name, then id, in the order of code points: the same on every machine. */
function inOrder<Row extends ObjectLiteral>(query: SelectQueryBuilder<Row>, after?: Cursor): SelectQueryBuilder<Row> {
  if (after)
    query.andWhere('(row.name COLLATE "C", row.id COLLATE "C") > (:afterName, :afterId)', {
      afterName: after.name,
      afterId: after.id,
    });
  return query.orderBy('row.name COLLATE "C"').addOrderBy('row.id COLLATE "C"');
}

async function paged<Row extends Cursor & ObjectLiteral>(
  from: (after?: Cursor) => SelectQueryBuilder<Row>,
  { limit = PAGE, after }: { readonly limit?: number; readonly after?: string },
  keep: (row: Row) => boolean,
): Promise<Page<Row>> {
  const items: Row[] = [];
  let cursor = after === undefined ? undefined : readCursor(after);
  for (;;) {
    const rows = await from(cursor)
      .limit(limit + 1)
      .getMany();
    for (const row of rows) {
      if (!keep(row)) continue;
      if (items.length === limit) return { items, next: cursorOf(items) };
      items.push(row);
    }
    if (rows.length <= limit) return { items, next: null };
    cursor = rows.at(-1);
  }
}

const cursorOf = (items: readonly Cursor[]): string =>
  Buffer.from(JSON.stringify([items.at(-1)?.name, items.at(-1)?.id])).toString('base64url');

/** A cursor that we did not make starts from the beginning of the list. */
function readCursor(text: string): Cursor | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!Array.isArray(parsed)) return undefined;
    const [name, id] = parsed as readonly unknown[];
    return typeof name === 'string' && typeof id === 'string' && !`${name}${id}`.includes('\0')
      ? { name, id }
      : undefined;
  } catch {
    return undefined;
  }
}
