import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type TableCell, type TableDescription, TableQuery } from '@tsunagu/contracts';
import { Rejection } from '@tsunagu/event-sourcing';
import { Allow, type Clock, CLOCK, NotFound } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { Between, DataSource } from 'typeorm';
import type { z } from 'zod';
import { CellRow } from '../cells/cells.entity';
import { idOfCell } from '../cells/cells.evolve';
import { disclosed, domainOf, ROUNDED_TO, THRESHOLD } from './disclosure';
import { type Table, tables } from './tables';

class TableQueryDto extends createZodDto(TableQuery) {}

const MOST_MONTHS = 25;

@ApiTags('tables')
@Controller('tables')
export class TablesController {
  constructor(
    private readonly reads: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Allow('analyst')
  list(): { tables: z.infer<typeof TableDescription>[] } {
    return { tables: tables.map(described) };
  }

  @Get(':name')
  @Allow('analyst')
  async one(
    @Param('name') name: string,
    @Query() query: TableQueryDto,
  ): Promise<z.infer<typeof TableDescription> & { cells: z.infer<typeof TableCell>[] }> {
    const table = tables.find((candidate) => candidate.name === name);
    if (!table) throw new NotFound();
    const months = monthsOf(query, this.clock.now());
    const rows = await this.reads
      .getRepository(CellRow)
      .findBy({ table: name, month: Between(months[0] ?? '', months.at(-1) ?? '') });
    const counts = new Map(rows.map((row) => [row.id, row.count]));
    const cells = months.flatMap((month) =>
      domainOf(valuesOf(table, rows)).map((dimensions) => ({
        month,
        dimensions,
        count: disclosed(counts.get(idOfCell({ table: name, month, dimensions })) ?? 0),
      })),
    );
    return { ...described(table), cells };
  }
}

const described = ({ name, title, dimensions }: Table): z.infer<typeof TableDescription> => ({
  name,
  title,
  dimensions: Object.keys(dimensions),
  threshold: THRESHOLD,
  roundedTo: ROUNDED_TO,
});

/** An open dimension shows a value only where enough of it occurred: that somebody asked from a village is itself telling. */
const valuesOf = (table: Table, rows: readonly CellRow[]): (readonly [string, readonly string[]])[] =>
  Object.entries(table.dimensions).map(([name, values]) => [name, values === 'open' ? frequent(name, rows) : values]);

function frequent(dimension: string, rows: readonly CellRow[]): string[] {
  const shown = rows
    .filter(({ count }) => disclosed(count) !== null)
    .map(({ dimensions }) => dimensions[dimension] ?? '');
  return [...new Set(shown)].sort();
}

function monthsOf({ from, to }: z.infer<typeof TableQuery>, now: Date): string[] {
  const first = from ?? now.toISOString().slice(0, 7);
  const last = to ?? first;
  const months: string[] = [];
  for (let month = first; month <= last && months.length <= MOST_MONTHS; month = next(month)) months.push(month);
  if (months.length === 0 || months.length > MOST_MONTHS) {
    throw new Rejection(
      'period-not-possible',
      `Choose a period of 1 to ${MOST_MONTHS} months, the first not after the last.`,
      'to',
    );
  }
  return months;
}

function next(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}
