import fc from 'fast-check';
import { actions, dataCategories, legalBases, purposes } from '@tsunagu/contracts';
import { decide } from './decision';
import { from, record, request, until } from './decision.fixtures';
import type { Grant } from './matching';
import { currentPolicy } from './policy';
import { categoryMask, type DecisionRequest } from './request';

const agencies = ['tsumugi-support-center', 'hidamari-npo'] as const;
const some = <T>(codes: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...codes], { minLength: 1 });
const instant = fc.integer({ min: from - 3, max: from + 3 });
const mostly = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: rare });

const anyRequest: fc.Arbitrary<Required<DecisionRequest>> = fc.record({
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
const anyGrants = (effects: readonly Grant['effect'][] = ['permit', 'permit', 'deny']): fc.Arbitrary<Grant[]> =>
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

const runs = { numRuns: 1_000 };
const isPermitted = (asked: DecisionRequest, grants: readonly Grant[]): boolean =>
  decide(asked, record(...grants), currentPolicy).outcome === 'permitted';

describe('whatever is asked and whatever was granted', () => {
  it('the generator reaches both answers, or the rest would prove nothing', () => {
    const answers = fc
      .sample(fc.tuple(anyRequest, anyGrants()), 2_000)
      .map(([asked, grants]) => isPermitted(asked, grants));
    expect(answers.filter(Boolean).length).toBeGreaterThan(100);
    expect(answers.filter((permitted) => !permitted).length).toBeGreaterThan(100);
  });

  it('permuting grants changes nothing, not even the explanation', () =>
    fc.assert(
      fc.property(
        anyRequest,
        anyGrants().chain((grants) =>
          fc.tuple(fc.constant(grants), fc.shuffledSubarray(grants, { minLength: grants.length })),
        ),
        (asked, [grants, shuffled]) =>
          expect(decide(asked, record(...shuffled), currentPolicy)).toEqual(
            decide(asked, record(...grants), currentPolicy),
          ),
      ),
      runs,
    ));

  it('adding a deny never widens', () =>
    fc.assert(
      fc.property(anyRequest, anyGrants(['permit']), anyGrants(['deny']), (asked, permits, denials) => {
        const later = denials.map((denial) => ({
          ...denial,
          grantId: `no-${denial.grantId}`,
          revision: denial.revision + 8,
        }));
        fc.pre(isPermitted(asked, [...permits, ...later]));
        return isPermitted(asked, permits);
      }),
      { numRuns: 500 },
    ));

  it('removing a request field never permits', () =>
    fc.assert(
      fc.property(
        anyRequest,
        anyGrants(['permit']),
        fc.constantFrom('personId', 'recipient', 'purpose', 'categories', 'action', 'at', 'legalBasis'),
        (asked, grants, field) =>
          expect(decide({ ...asked, [field]: undefined }, record(...grants), currentPolicy).code).toBe('indeterminate'),
      ),
      runs,
    ));

  it('removing one part of the recipient never permits', () =>
    fc.assert(
      fc.property(
        anyRequest,
        anyGrants(['permit']),
        fc.constantFrom('agency', 'user', 'role'),
        (asked, grants, part) => {
          const recipient = { ...asked.recipient, [part]: undefined };
          expect(decide({ ...asked, recipient }, record(...grants), currentPolicy).code).toBe('indeterminate');
        },
      ),
      runs,
    ));

  it('a withdrawal of everything ends every permit', () =>
    fc.assert(
      fc.property(
        anyRequest,
        anyGrants(),
        (asked, grants) =>
          !isPermitted(
            asked,
            grants.map((grant) => ({ ...grant, withdrawn: true })),
          ),
      ),
      runs,
    ));

  it('asking for more data at once is never permitted where asking for less is not', () =>
    fc.assert(
      fc.property(anyRequest, anyGrants(), (asked, grants) => {
        fc.pre(isPermitted(asked, grants));
        return asked.categories.every((category) => isPermitted({ ...asked, categories: [category] }, grants));
      }),
      { numRuns: 300 },
    ));
});
