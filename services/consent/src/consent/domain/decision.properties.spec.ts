import fc from 'fast-check';
import { anyGrants, anyRequest } from '../random-decisions.fixtures';
import { decide } from './decision';
import { record } from './decision.fixtures';
import type { Grant } from './matching';
import { currentPolicy } from './policy';
import type { DecisionRequest } from './request';

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
