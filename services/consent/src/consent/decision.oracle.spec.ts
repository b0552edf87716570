import { isAuthorized, validate } from '@cedar-policy/cedar-wasm/nodejs';
import { actions, dataCategories } from '@tsunagu/contracts';
import fc from 'fast-check';
import { anyGrants, anyRequest } from './random-decisions.fixtures';
import { decide } from './domain/decision';
import { record } from './domain/decision.fixtures';
import type { Grant } from './domain/matching';
import { currentPolicy } from './domain/policy';
import { categoryMask, type DecisionRequest } from './domain/request';

const schema = `
entity Worker = { agency: String, role: String };
entity Category;
action ${actions.codes.map((code) => `"${code}"`).join(', ')} appliesTo {
  principal: [Worker], resource: [Category], context: { purpose: String, at: Long }
};`;

const oneOf = (codes: readonly string[], value: string): string => `${JSON.stringify(codes)}.contains(${value})`;

/** The same grants in Cedar's own words; a withdrawn one is no policy at all. */
function policiesOf(grants: readonly Grant[]): string {
  return grants
    .filter((grant) => !grant.withdrawn)
    .map((grant) => {
      const categories = dataCategories.codes.filter((code) => grant.categoryMask & categoryMask([code]));
      const until = grant.effect === 'permit' ? Math.min(grant.until, grant.mandateUntil ?? Infinity) : grant.until;
      const conditions = [
        `[${categories.map((code) => `Category::"${code}"`).join(', ')}].contains(resource)`,
        oneOf(grant.purposes, 'context.purpose'),
        `context.at >= ${grant.from} && context.at < ${until}`,
        ...(grant.recipients === 'any-agency' ? [] : [oneOf(grant.recipients, 'principal.agency')]),
        ...(grant.effect === 'permit' ? [oneOf(currentPolicy.receivingRoles, 'principal.role')] : []),
      ];
      const scope = `action in [${grant.actions.map((code) => `Action::"${code}"`).join(', ')}]`;
      const effect = grant.effect === 'permit' ? 'permit' : 'forbid';
      return `${effect}(principal is Worker, ${scope}, resource is Category) when { ${conditions.join(' && ')} };`;
    })
    .join('\n');
}

/** Cedar decides one category at a time; we permit a request only when all of them are. */
function cedarPermits(asked: Required<DecisionRequest>, staticPolicies: string): boolean {
  const { user = '', agency = '', role = '' } = asked.recipient;
  const principal = { type: 'Worker', id: user };
  return asked.categories.every((category) => {
    const answer = isAuthorized({
      principal,
      action: { type: 'Action', id: asked.action },
      resource: { type: 'Category', id: category },
      context: { purpose: asked.purpose, at: Date.parse(asked.at) },
      schema,
      validateRequest: true,
      policies: { staticPolicies },
      entities: [{ uid: principal, attrs: { agency, role }, parents: [] }],
    });
    if (answer.type === 'failure' || answer.response.diagnostics.errors.length > 0) {
      throw new Error(`Cedar could not decide: ${JSON.stringify(answer)}`);
    }
    return answer.response.decision === 'allow';
  });
}

describe('an independent engine comes to the same answers', () => {
  it('on random requests and grants, under policies that its validator accepts', () => {
    const answers = { permitted: 0, refused: 0 };
    fc.assert(
      fc.property(anyRequest, anyGrants(), (asked, grants) => {
        const policies = policiesOf(grants);
        // Cedar skips a forbid that errors: only policies that are valid against the schema prove anything.
        const checked = validate({ schema, policies: { staticPolicies: policies } });
        expect(checked).toMatchObject({ type: 'success', validationErrors: [] });
        const { outcome } = decide(asked, record(...grants), currentPolicy);
        answers[outcome] += 1;
        expect(cedarPermits(asked, policies)).toBe(outcome === 'permitted');
      }),
      { numRuns: 500 },
    );
    expect(Math.min(answers.permitted, answers.refused)).toBeGreaterThan(10);
  });
});
