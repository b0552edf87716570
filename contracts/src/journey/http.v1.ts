import { z } from 'zod';
import { agencyId, instant, uuid } from '../ids';
import { purposes } from '../vocabulary/consent';

const page = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional().describe('`next` of the page before.'),
};

export const TimelineQuery = z.strictObject(page);

/** An auditor's search; every one is itself on record. */
export const LedgerQuery = z.strictObject({
  agency: agencyId.optional().describe('Any agency that took part.'),
  from: instant.optional().describe('First instant.'),
  to: instant.optional().describe('First instant that is no longer included.'),
  person: uuid.optional(),
  purpose: purposes.schema.optional(),
  outcome: z.string().max(64).optional().describe('As the entries show it in `outcome`.'),
  ...page,
});
export type LedgerQuery = z.infer<typeof LedgerQuery>;
