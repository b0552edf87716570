import { z } from 'zod';
import { month } from '../ids';

export const TableQuery = z.strictObject({
  from: month.optional().describe('First month; the current one when left out.'),
  to: month.optional().describe('Last month; the same as `from` when left out, at most 24 later.'),
});

export const TableDescription = z
  .object({
    name: z.string(),
    title: z.object({ en: z.string(), ja: z.string() }),
    dimensions: z.array(z.string()),
    threshold: z.number().int().describe('Counts below this are withheld, zeros among them.'),
    roundedTo: z.number().int().describe('Shown counts are rounded down to a multiple of this.'),
  })
  .meta({ title: 'TableDescription' });

export const TableCell = z
  .object({
    month,
    dimensions: z.record(z.string(), z.string()),
    count: z.number().int().nullable().describe('null: fewer than the threshold, perhaps none.'),
  })
  .meta({ title: 'TableCell' });
