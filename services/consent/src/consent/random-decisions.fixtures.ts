import { actions, dataCategories, legalBases, purposes } from '@tsunagu/contracts';
import fc from 'fast-check';
import { from, request, until } from './domain/decision.fixtures';
import type { Grant } from './domain/matching';
import { categoryMask, type DecisionRequest } from './domain/request';

const agencies = ['tsumugi-support-center', 'hidamari-npo'] as const;
const some = <T>(codes: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...codes], { minLength: 1 });
const instant = fc.integer({ min: from - 3, max: from + 3 });
const mostly = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: rare });

export const anyRequest: fc.Arbitrary<Required<DecisionRequest>> = fc.record({
  personId: fc.constant(request.personId),
  recipient: fc.record({
    agency: fc.constantFrom(...agencies),
    user: fc.constantFrom('mei', 'yui'),
    role: fc.constantFrom('caseworker', 'caseworker', 'supervisor', 'auditor'),
  }),
  purpose: fc.constantFrom(...purposes.codes),
  categories: fc.subarray(dataCategories.codes.slice(0, 4), { minLength: 1, maxLength: 2 }),
  action: fc.constantFrom(...actions.codes),
  at: instant.map((ms) => new Date(ms).toISOString()),
  legalBasis: fc.constantFrom(...legalBases.codes),
});

/** Broad on purpose, so that a good part of random requests is permitted and a good part denied. */
export const anyGrants = (effects: readonly Grant['effect'][] = ['permit', 'permit', 'deny']): fc.Arbitrary<Grant[]> =>
  fc
    .array(
      fc.record({
        effect: fc.constantFrom(...effects),
        purposes: some(purposes.codes),
        categoryMask: some(dataCategories.codes.slice(0, 4)).map(categoryMask),
        recipients: fc.oneof(fc.constant<'any-agency'>('any-agency'), some(agencies)),
        actions: some(actions.codes),
        from: mostly(fc.constant(from - 9), instant),
        until: mostly(fc.constant(until), instant),
        mandateUntil: fc.option(instant, { nil: undefined, freq: 4 }),
        withdrawn: mostly(fc.constant(false), fc.constant(true)),
      }),
      { maxLength: 8 },
    )
    .map((grants) => grants.map((grant, n) => grantWith(grant, n)));

function grantWith(
  { mandateUntil, ...grant }: Omit<Grant, 'grantId' | 'revision'> & { mandateUntil: number | undefined },
  n: number,
): Grant {
  return { ...grant, grantId: `grant-${n}`, revision: n, ...(mandateUntil === undefined ? {} : { mandateUntil }) };
}
