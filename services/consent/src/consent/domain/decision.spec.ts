import { decide, type EmergencyAccess } from './decision';
import { adopted, denial, from, noon, permit, policyWith, record, request, until } from './decision.fixtures';
import { currentPolicy } from './policy';
import { categoryMask } from './request';

const at = (ms: number): typeof request => ({ ...request, at: new Date(ms).toISOString() });
const codeOf = (...args: Parameters<typeof decide>): string => decide(...args).code;

describe('the answer explains itself', () => {
  it('names the grants it rests on, what they oblige to, and until when', () =>
    expect(decide(request, record(permit), currentPolicy)).toEqual({
      outcome: 'permitted',
      code: 'permitted',
      matched: [{ grantId: 'permit', effect: 'permit' }],
      unmatched: [],
      missing: [],
      obligations: ['use-for-this-purpose-only', 'no-onward-disclosure', 'keep-provision-record'],
      until: '2027-11-01T00:00:00.000Z',
      policyVersion: '2026-11',
      consentRevision: 9,
    }));

  it.each([
    ['recipient', { recipients: ['hidamari-npo'] }],
    ['purpose', { purposes: ['support'] }],
    ['action', { actions: ['read'] }],
    ['category', { categoryMask: categoryMask(['health']) }],
    ['withdrawn', { withdrawn: true }],
    ['not-yet-in-force', { from: until - 1 }],
    ['expired', { until: from + 1 }],
    ['representative-mandate-ended', { mandateUntil: from + 1 }],
  ] as const)('names %s as the first dimension in which a grant differs', (failedOn, difference) =>
    expect(decide(request, record({ ...permit, ...difference }), currentPolicy).unmatched).toEqual([
      { grantId: 'permit', failedOn },
    ]),
  );

  it('names only the first of several differences', () =>
    expect(
      decide(request, record({ ...permit, purposes: ['support'], withdrawn: true }), currentPolicy).unmatched,
    ).toEqual([{ grantId: 'permit', failedOn: 'purpose' }]));
});

describe('a refusal says the most telling thing', () => {
  const past = { ...permit, grantId: 'past', until: from + 1 };
  const future = { ...permit, grantId: 'future', from: until - 1 };
  const withdrawn = { ...permit, grantId: 'withdrawn', withdrawn: true };

  it.each([
    ['no-consent', []],
    ['no-consent', [{ ...permit, purposes: ['support'] }]],
    ['consent-not-yet-in-force', [future]],
    ['consent-expired', [future, past]],
    ['consent-withdrawn', [future, withdrawn, past]],
    ['explicitly-denied', [permit, denial]],
  ] as const)('%s', (code, grants) => expect(codeOf(request, record(...grants), currentPolicy)).toBe(code));

  it('person-erased, whatever was granted', () =>
    expect(codeOf(request, { ...record(permit), status: 'erased' }, currentPolicy)).toBe('person-erased'));

  it('about the kinds of data that are not covered, not about those that are', () => {
    const needsOnly = { ...permit, categoryMask: categoryMask(['needs']) };
    const saidWithdrawn = { ...withdrawn, categoryMask: categoryMask(['consultation-content']) };
    const needsWithdrawn = { ...withdrawn, categoryMask: categoryMask(['needs']) };
    expect(codeOf(request, record(needsOnly, saidWithdrawn), currentPolicy)).toBe('consent-withdrawn');
    expect(codeOf(request, record(needsOnly, needsWithdrawn), currentPolicy)).toBe('no-consent');
  });
});

describe('several grants together may cover what is asked', () => {
  it('and the permission ends with the first of them', () => {
    const needs = { ...permit, grantId: 'needs', categoryMask: categoryMask(['needs']), until: until - 7_000 };
    const said = { ...permit, grantId: 'said', revision: 1, categoryMask: categoryMask(['consultation-content']) };
    const decision = decide(request, record(needs, said), currentPolicy);
    expect(decision.outcome).toBe('permitted');
    expect(decision.matched.map((match) => match.grantId)).toEqual(['needs', 'said']);
    expect(decision.until).toBe(new Date(until - 7_000).toISOString());
  });
});

describe('a grant holds from its first millisecond up to, not including, its last', () => {
  it.each([
    [from - 1, 'consent-not-yet-in-force'],
    [from, 'permitted'],
    [until - 1, 'permitted'],
    [until, 'consent-expired'],
    [until + 1, 'consent-expired'],
  ])('at %d: %s', (ms, code) => expect(codeOf(at(ms), record(permit), currentPolicy)).toBe(code));

  it.each([
    [from - 1, 'permitted'],
    [from, 'explicitly-denied'],
    [until - 1, 'explicitly-denied'],
    [until, 'permitted'],
  ])('and so does a denial, at %d: %s', (ms, code) =>
    expect(codeOf(at(ms), record({ ...permit, from: from - 9, until: until + 9 }, denial), currentPolicy)).toBe(code),
  );

  it('ends with the mandate of the representative who gave it', () => {
    const given = record({ ...permit, mandateUntil: from + 100 });
    expect(codeOf(at(from + 99), given, currentPolicy)).toBe('permitted');
    expect(codeOf(at(from + 100), given, currentPolicy)).toBe('consent-expired');
    expect(decide(at(from), given, currentPolicy).until).toBe(new Date(from + 100).toISOString());
  });
});

describe('clocks that disagree never widen consent', () => {
  it('a withdrawal counts at once, even for a server whose clock is behind', () =>
    expect(codeOf(at(from), record({ ...permit, withdrawn: true }), currentPolicy)).toBe('consent-withdrawn'));

  it('a grant stamped by a fast clock waits until its time has come here', () =>
    expect(codeOf(at(from), record({ ...permit, from: from + 300_000 }), currentPolicy)).toBe(
      'consent-not-yet-in-force',
    ));

  it('an interval that is not a number matches nothing', () =>
    expect(codeOf(request, record({ ...permit, until: NaN }), currentPolicy)).toBe('consent-expired'));
});

describe('nobody but who may receive is shown anything', () => {
  it.each(['auditor', 'analyst', 'person'])('not the role %s, even under a grant to any agency', (role) => {
    const asked = { ...request, recipient: { ...request.recipient, role } };
    const decision = decide(asked, record({ ...permit, recipients: 'any-agency' }), currentPolicy);
    expect(decision).toMatchObject({ outcome: 'refused', code: 'no-consent' });
  });
});

describe('what failed elsewhere does not fail here', () => {
  it('a newer deny counts although nothing is known of who gave it', () => {
    const unknownGiver = { ...denial, revision: 7, mandateUntil: NaN };
    expect(codeOf(request, record(permit, unknownGiver), currentPolicy)).toBe('explicitly-denied');
  });

  it('a missing purpose does not permit', () =>
    expect(decide({ ...request, purpose: undefined }, record(permit), currentPolicy)).toMatchObject({
      code: 'indeterminate',
      missing: ['purpose'],
    }));

  it('equal timestamps do not make the answer depend on order', () => {
    const [first, second] = [record(permit, denial), record(denial, permit)];
    expect(decide(request, first, currentPolicy)).toEqual(decide(request, second, currentPolicy));
    expect(codeOf(request, first, currentPolicy)).toBe('explicitly-denied');
  });

  it("a permit dated in the future does not beat today's deny", () => {
    const future = { ...permit, revision: 5, from: Date.parse(noon) + 1 };
    expect(codeOf(request, record(denial, future), currentPolicy)).toBe('explicitly-denied');
  });

  it('an expired permit does not permit beside one that holds for something else', () => {
    const expired = { ...permit, until: from + 1, categoryMask: categoryMask(['consultation-content']) };
    const holds = { ...permit, grantId: 'holds', revision: 1, categoryMask: categoryMask(['needs']) };
    expect(codeOf(request, record(expired, holds), currentPolicy)).toBe('consent-expired');
  });

  it('an override flag in the request changes nothing', () => {
    const overridden = { ...request, override: true, consentOverridden: true };
    expect(codeOf(overridden, record(), currentPolicy)).toBe('no-consent');
  });

  it.each([
    ['purpose', { purpose: 'marketing' }],
    ['action', { action: 'sell' }],
    ['categories', { categories: ['needs', 'shoe-size'] }],
    ['categories', { categories: [] }],
    ['legalBasis', { legalBasis: 'because' }],
    ['recipient.role', { recipient: { ...request.recipient, role: 'king' } }],
    ['at', { at: 'yesterday' }],
  ])('an unknown %s denies', (field, difference) =>
    expect(decide({ ...request, ...difference }, record(permit), currentPolicy)).toMatchObject({
      outcome: 'refused',
      code: 'indeterminate',
      missing: [field],
    }),
  );
});

describe('a statutory basis permits only what it says, and only once adopted', () => {
  const asked = { ...request, legalBasis: 'statutory', purpose: 'case-conference', categories: ['needs'] };

  it('ships disabled', () => expect(codeOf(asked, record(), currentPolicy)).toBe('no-consent'));

  it('permits when everything it needs is named', () =>
    expect(decide(asked, record(), policyWith(adopted))).toMatchObject({
      code: 'permitted-by-statute',
      restsOn: 'jp-loneliness-act-16',
    }));

  it.each([
    ['disabled', { enabled: false }],
    ['without a public notice', { publicNotice: '' }],
    ['without a necessity', { necessity: '' }],
    ['without an approver', { approver: '' }],
    [
      'for a member who left',
      {
        members: [
          {
            ...adopted.members[0],
            agency: 'tsumugi-support-center',
            from: '2026-01-01T00:00:00Z',
            until: '2026-11-22T12:00:00Z',
          },
        ],
      },
    ],
    ['for others than members', { members: [] }],
    ['for other data', { categories: ['plan' as const] }],
    ['outside its time', { until: '2026-11-22T12:00:00Z' }],
  ])('not when %s', (_, difference) =>
    expect(codeOf(asked, record(), policyWith({ ...adopted, ...difference }))).toBe('no-consent'),
  );

  it('not for a request that claims consent', () =>
    expect(codeOf({ ...asked, legalBasis: 'consent' }, record(), policyWith(adopted))).toBe('no-consent'));

  it('not against the refusal of the person', () => {
    const refusal = { ...denial, purposes: ['case-conference'] };
    expect(codeOf(asked, record(refusal), policyWith(adopted))).toBe('explicitly-denied');
  });
});

describe('emergency access permits one worker to read, for a time', () => {
  const access: EmergencyAccess = {
    accessId: 'access',
    agency: 'tsumugi-support-center',
    user: 'mei',
    categoryMask: categoryMask(['needs', 'contact-details']),
    from,
    until: from + 14_400_000,
    reviewed: false,
    closed: false,
  };
  const opened = { ...record(), emergencies: [access] };
  const asked = { ...at(from), action: 'read', purpose: 'support', categories: ['needs'], legalBasis: 'emergency' };

  it('with its limits as obligations', () =>
    expect(decide(asked, opened, currentPolicy)).toMatchObject({
      code: 'permitted-in-emergency',
      restsOn: 'access',
      obligations: ['read-only', 'no-onward-disclosure', 'review-within-72-hours'],
      until: new Date(from + 14_400_000).toISOString(),
    }));

  it.each([
    ['to disclose onwards', { action: 'disclose' }],
    ['other data', { categories: ['needs', 'health'] }],
    ['a colleague', { recipient: { ...request.recipient, user: 'sora' } }],
    ['another agency', { recipient: { ...request.recipient, agency: 'hidamari-npo' } }],
    ['a request that does not name the emergency', { legalBasis: 'consent' }],
    ['after its end', { at: new Date(from + 14_400_000).toISOString() }],
  ])('not %s', (_, difference) =>
    expect(codeOf({ ...asked, ...difference }, opened, currentPolicy)).toBe('no-consent'),
  );

  it('not once it was found unjustified', () =>
    expect(codeOf(asked, { ...opened, emergencies: [{ ...access, closed: true }] }, currentPolicy)).toBe('no-consent'));
});
