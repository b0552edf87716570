import { z } from 'zod';
import { eventBreaks, requestBreaks, responseBreaks } from './compatibility';
import type { Schema } from './json-schema';

const contract = (schema: z.ZodType) => ({
  produced: z.toJSONSchema(schema, { io: 'output' }) as Schema,
  accepted: z.toJSONSchema(schema, { io: 'input' }) as Schema,
});
const released = contract(z.object({ id: z.uuid(), status: z.enum(['open', 'closed']) }));
const whoOf = (breaks: readonly { who: string }[]) => [...new Set(breaks.map(({ who }) => who))];

describe('one version of an event serves old and new code alike', () => {
  it('may gain an optional field', () => {
    const current = contract(
      z.object({ id: z.uuid(), status: z.enum(['open', 'closed']), note: z.string().optional() }),
    );
    expect(eventBreaks(released, current)).toEqual([]);
  });

  it('may not gain a required field: stored events lack it', () => {
    const current = contract(z.object({ id: z.uuid(), status: z.enum(['open', 'closed']), note: z.string() }));
    expect(whoOf(eventBreaks(released, current))).toEqual(['the new consumer of an old event']);
  });

  it('may not lose a field: running consumers read it', () => {
    expect(whoOf(eventBreaks(released, contract(z.object({ id: z.uuid() }))))).toEqual([
      'the old consumer of a new event',
    ]);
  });

  it('may not gain a code: running consumers do not know it', () => {
    const current = contract(z.object({ id: z.uuid(), status: z.enum(['open', 'closed', 'held']) }));
    expect(whoOf(eventBreaks(released, current))).toEqual(['the old consumer of a new event']);
  });

  it('may not lose a code: stored events hold it', () => {
    const current = contract(z.object({ id: z.uuid(), status: z.enum(['open']) }));
    expect(whoOf(eventBreaks(released, current))).toEqual(['the new consumer of an old event']);
  });
});

describe('requests are judged from the side of the caller', () => {
  const before = contract(z.strictObject({ need: z.enum(['food', 'work']), note: z.string().max(100) }));

  it('may take more', () => {
    const wider = z.strictObject({ need: z.enum(['food', 'work', 'debt']), note: z.string().max(200).optional() });
    expect(requestBreaks(before, contract(wider))).toEqual([]);
  });

  it('may not take less', () => {
    const narrower = z.strictObject({ need: z.enum(['food']), note: z.string().max(50) });
    expect(requestBreaks(before, contract(narrower)).map(({ code }) => code)).toEqual(['enum', 'bounds']);
  });

  it('may not refuse a field that was asked for', () => {
    expect(requestBreaks(before, contract(z.strictObject({ need: z.enum(['food', 'work']) })))).toHaveLength(1);
  });
});

describe('answers are judged from the side of the caller', () => {
  it('may say more', () => {
    const more = contract(z.object({ id: z.uuid(), status: z.enum(['open', 'closed']), revision: z.number() }));
    expect(responseBreaks(released, more)).toEqual([]);
  });

  it('may not leave out what was promised', () => {
    const less = contract(z.object({ id: z.uuid().optional(), status: z.enum(['open', 'closed']).nullable() }));
    expect([...new Set(responseBreaks(released, less).map(({ path }) => path))]).toEqual(['/id', '/status']);
  });
});

it('everything that zod writes for the contracts is understood', () => {
  const everything = contract(
    z.object({
      at: z.iso.datetime({ offset: true }),
      on: z.iso.date().nullable(),
      mail: z.email().optional(),
      count: z.number().int().min(1).max(9).default(3),
      list: z.array(z.string().min(1)).min(1).max(4),
      pair: z.tuple([z.string(), z.number()]),
      by: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a') }),
        z.object({ kind: z.literal('b'), n: z.number() }),
      ]),
      either: z.union([z.string(), z.object({ any: z.literal('agency') })]),
      codes: z.record(z.enum(['x', 'y']), z.string()),
      free: z.record(z.string(), z.boolean()),
      unknown: z.unknown(),
    }),
  );
  expect(eventBreaks(everything, everything)).toEqual([]);
});
