import type { CloudEvent } from '@tsunagu/contracts';
import type { ReadModel } from '@tsunagu/read-models';
import { type Cell, tables } from '../tables/tables';
import { CellRow } from './cells.entity';

const cellOf = (fact: CloudEvent): Cell | undefined =>
  tables.map((table) => table.cellOf(fact)).find((cell) => cell !== undefined);

export const idOfCell = ({ table, month, dimensions }: Cell): string =>
  JSON.stringify([table, month, ...Object.values(dimensions)]);

/** How often each cell occurred. */
export const cells: ReadModel<CellRow, CloudEvent> = {
  name: 'cells',
  entity: CellRow,
  keysOf: (fact) => {
    const cell = cellOf(fact);
    return cell ? [idOfCell(cell)] : [];
  },
  evolve: (row, fact, id) => {
    const cell = cellOf(fact);
    return cell ? { id, ...cell, count: (row?.count ?? 0) + 1 } : row;
  },
};
