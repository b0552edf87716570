import fc from 'fast-check';
import { Rejection } from '@tsunagu/event-sourcing';
import { specFor } from '@tsunagu/testing';
import { consent } from './consent';
import type { AuthoriseDisclosure, ConsentCommand, GrantConsent, OpenEmergencyAccess } from './commands';
import type { ConsentEvent } from './events';
import { currentPolicy } from './policy';

const given = specFor(consent);
const now = '2026-11-22T12:00:00.000Z';
const sealed = { sealed: 'ciphertext' };
const aoi = { user: 'aoi', agency: 'tsumugi-city-desk', role: 'caseworker' };
const herself = { user: 'person-token', role: 'person' };

const grant: GrantConsent = {
  type: 'GrantConsent',
  now,
  grantId: 'grant-1',
  recorder: aoi,
  terms: {
    effect: 'permit',
    purposes: ['referral'],
    categories: ['needs'],
    recipients: [{ agency: 'hidamari-npo' }],
    actions: ['disclose'],
    from: now,
    until: '2027-11-22T12:00:00.000Z',
  },
  form: 'written',
  notice: { id: 'sharing', version: 1, language: 'ja', published: true },
  givenBy: { kind: 'person' },
  witness: null,
};
const granted: ConsentEvent = {
  type: 'ConsentGranted',
  data: {
    grantId: 'grant-1',
    ...grant.terms,
    form: 'written',
    notice: { id: 'sharing', version: 1, language: 'ja' },
    givenBy: { kind: 'person' },
    witness: null,
    parties: ['tsumugi-city-desk', 'hidamari-npo'],
  },
};
const denied: ConsentEvent = {
  type: 'ConsentGranted',
  data: { ...granted.data, grantId: 'grant-2', effect: 'deny', notice: null, parties: ['tsumugi-city-desk'] },
};
const withdrawn: ConsentEvent = {
  type: 'ConsentWithdrawn',
  data: { grantIds: ['grant-1'], parties: ['tsumugi-city-desk', 'hidamari-npo'] },
};
const erased: ConsentEvent = { type: 'ConsentErased', data: { erasureId: 'erasure-1' } };

const withdraw = (grantIds: readonly string[] | 'all'): ConsentCommand => ({
  type: 'WithdrawConsent',
  grantIds,
  recorder: aoi,
});
const withTerms = (terms: Partial<GrantConsent['terms']>): GrantConsent => ({
  ...grant,
  terms: { ...grant.terms, ...terms },
});

const asked: AuthoriseDisclosure['asked'] = {
  recipient: { agency: 'hidamari-npo', user: 'yui', role: 'caseworker' },
  purpose: 'referral',
  categories: ['needs'],
  action: 'disclose',
  legalBasis: 'consent',
  subject: 'referral',
  subjectId: 'referral-1',
  discloser: 'tsumugi-city-desk',
};
const authorise = (at: string): AuthoriseDisclosure => ({
  type: 'AuthoriseDisclosure',
  personId: 'person-1',
  now: at,
  decisionId: 'decision-1',
  asked,
  policy: currentPolicy,
});
type Authorised = Extract<ConsentEvent, { type: 'DisclosureAuthorised' }>;
type Refused = Extract<ConsentEvent, { type: 'DisclosureRefused' }>;
const decided = {
  ...asked,
  at: now,
  restsOn: null,
  policyVersion: '2026-11',
  consentRevision: 0,
};
const authorised = (difference: Partial<Authorised['data']>): Authorised => ({
  type: 'DisclosureAuthorised',
  data: {
    authorisationId: 'decision-1',
    ...decided,
    code: 'permitted',
    grantIds: ['grant-1'],
    until: '2027-11-22T12:00:00.000Z',
    obligations: ['use-for-this-purpose-only', 'no-onward-disclosure', 'keep-provision-record'],
    parties: ['hidamari-npo', 'tsumugi-city-desk'],
    ...difference,
  },
});
const refused = (code: Refused['data']['code'], difference: Partial<Refused['data']>): Refused => ({
  type: 'DisclosureRefused',
  data: { refusalId: 'decision-1', ...decided, code, grantIds: [], parties: ['tsumugi-city-desk'], ...difference },
});
const open: OpenEmergencyAccess = {
  type: 'OpenEmergencyAccess',
  now,
  accessId: 'access-1',
  agency: 'aoba-clinic',
  user: 'mei',
  supervisor: 'itsuki',
  harm: 'suicide',
  description: sealed,
  categories: ['needs', 'contact-details'],
  hours: 4,
  unsafeToTell: false,
};
const opened: ConsentEvent = {
  type: 'EmergencyAccessOpened',
  data: {
    accessId: 'access-1',
    agency: 'aoba-clinic',
    user: 'mei',
    supervisor: 'itsuki',
    harm: 'suicide',
    description: sealed,
    categories: ['needs', 'contact-details'],
    unsafeToTell: false,
    from: now,
    until: '2026-11-22T16:00:00.000Z',
    reviewBy: '2026-11-25T12:00:00.000Z',
    parties: ['aoba-clinic'],
  },
};
const review = { type: 'ReviewEmergencyAccess', accessId: 'access-1', reviewer: 'itsuki', justified: false } as const;
const reviewed: ConsentEvent = {
  type: 'EmergencyAccessReviewed',
  data: { accessId: 'access-1', reviewer: 'itsuki', justified: false, parties: ['aoba-clinic'] },
};

describe('consent is recorded as it was given', () => {
  it('in writing, under the notice that was read', () => given().when(grant).then(granted));

  it('digitally by the person, verbally before a witness', () => {
    given()
      .when({ ...grant, recorder: herself, form: 'digital' })
      .then({
        type: 'ConsentGranted',
        data: { ...granted.data, form: 'digital', parties: ['hidamari-npo'] },
      });
    const witness = { kind: 'worker', user: 'ren' } as const;
    given()
      .when({ ...grant, form: 'verbal', witness })
      .then({
        type: 'ConsentGranted',
        data: { ...granted.data, form: 'verbal', witness },
      });
  });

  it('as a refusal without any notice, which is not told to the agency that it refuses', () =>
    given(granted)
      .when({ ...withTerms({ effect: 'deny', until: '9999-12-31T23:59:59Z' }), grantId: 'grant-2', notice: null })
      .then({ type: 'ConsentGranted', data: { ...denied.data, until: '9999-12-31T23:59:59Z' } }));

  it.each<[string, GrantConsent]>([
    ['administrator-cannot-grant', { ...grant, recorder: { ...aoi, role: 'agency-admin' } }],
    ['recorder-not-allowed', { ...grant, recorder: { ...aoi, role: 'auditor' } }],
    ['form-does-not-fit', { ...grant, form: 'digital' }],
    ['form-does-not-fit', { ...grant, recorder: herself, form: 'written' }],
    ['witness-required', { ...grant, form: 'verbal' }],
    ['witness-is-recorder', { ...grant, form: 'verbal', witness: { kind: 'worker', user: 'aoi' } }],
    ['witness-is-recorder', { ...grant, witness: { kind: 'worker', user: 'aoi' } }],
    ['notice-required', { ...grant, notice: null }],
    ['notice-not-published', { ...grant, notice: { id: 'sharing', version: 2, language: 'ja', published: false } }],
    ['interval-empty', withTerms({ from: '2027-01-01T00:00:00Z', until: '2027-01-01T00:00:00Z' })],
    ['interval-empty', withTerms({ until: 'some day' })],
    ['already-expired', withTerms({ from: '2026-01-01T00:00:00Z', until: now })],
    ['too-long', withTerms({ until: '2028-11-22T12:00:00.001Z' })],
    ['unknown-category', withTerms({ categories: [] })],
  ])('not when %s', (code, command) => given().when(command).thenRejected(code));
});

describe('a representative consents only within their mandate', () => {
  const by = (validUntil: string): GrantConsent => ({
    ...grant,
    givenBy: { kind: 'representative', relationship: 'adult-guardian', validUntil, name: sealed },
  });

  it('which must not have ended', () => given().when(by(now)).thenRejected('representative-expired'));

  it('and is recorded by a caseworker who has seen it', () =>
    given()
      .when({ ...by('2027-01-01T00:00:00Z'), recorder: herself, form: 'digital' })
      .thenRejected('representative-not-recordable'));

  it('after which what it permitted is no longer permitted', () => {
    const mandated = consent.decide(by('2026-12-01T00:00:00Z'), consent.initial);
    given(...mandated)
      .when(authorise('2026-11-30T23:59:59.999Z'))
      .then(authorised({ at: '2026-11-30T23:59:59.999Z', until: '2026-12-01T00:00:00.000Z' }));
    given(...mandated)
      .when(authorise('2026-12-01T00:00:00Z'))
      .then(refused('consent-expired', { at: '2026-12-01T00:00:00Z' }));
  });
});

describe('a withdrawal is always possible', () => {
  it('of one grant', () =>
    given(granted)
      .when(withdraw(['grant-1']))
      .then(withdrawn));
  it('of everything, which leaves refusals standing', () =>
    given(granted, denied).when(withdraw('all')).then(withdrawn));
  it('of a refusal, by name', () =>
    given(granted, denied)
      .when(withdraw(['grant-2']))
      .then({ type: 'ConsentWithdrawn', data: { ...withdrawn.data, grantIds: ['grant-2'] } }));
  it('again and again', () => {
    given(granted, withdrawn)
      .when(withdraw(['grant-1']))
      .thenNothing();
    given(granted, withdrawn).when(withdraw('all')).thenNothing();
  });
  it('where nothing was granted, and after erasure', () => {
    given().when(withdraw('all')).thenNothing();
    given(granted, withdrawn, erased).when(withdraw('all')).thenNothing();
  });
  it('but only of what exists', () =>
    given(granted)
      .when(withdraw(['grant-9']))
      .thenRejected('unknown-grant'));
  it('and tells every agency that anything was disclosed to', () =>
    given(
      granted,
      authorised({ recipient: { agency: 'aoba-clinic', user: 'nagi', role: 'caseworker' }, parties: ['aoba-clinic'] }),
    )
      .when(withdraw('all'))
      .then({
        type: 'ConsentWithdrawn',
        data: { grantIds: ['grant-1'], parties: ['tsumugi-city-desk', 'hidamari-npo', 'aoba-clinic'] },
      }));
});

describe('a disclosure is authorised or refused, and either is on the record', () => {
  it('under the grant in force', () => given(granted).when(authorise(now)).then(authorised({})));
  it('not after the withdrawal', () =>
    given(granted, withdrawn)
      .when(authorise(now))
      .then(refused('consent-withdrawn', { consentRevision: 1 })));
  it('not against a refusal, which it names', () =>
    given(granted, denied)
      .when(authorise(now))
      .then(refused('explicitly-denied', { consentRevision: 1, grantIds: ['grant-2'] })));
  it('not where nothing was ever recorded', () =>
    given()
      .when(authorise(now))
      .then(refused('no-consent', { consentRevision: -1 })));
  it('not after erasure', () =>
    given(granted, withdrawn, erased)
      .when(authorise(now))
      .then(refused('person-erased', { consentRevision: 2 })));
  it('a refused reader sees the refusal on the timeline, a refused recipient does not', () =>
    given()
      .when({ ...authorise(now), asked: { ...asked, action: 'read', discloser: null } })
      .then(
        refused('no-consent', { consentRevision: -1, action: 'read', discloser: null, parties: ['hidamari-npo'] }),
      ));
});

describe('emergency access is narrow, short, and reviewed by somebody else', () => {
  it('for named harm, at most four hours, to be reviewed within 72', () => given().when(open).then(opened));
  it.each<[string, Partial<OpenEmergencyAccess>]>([
    ['emergency-too-wide', { categories: ['needs', 'health', 'identity'] }],
    ['emergency-too-wide', { categories: [] }],
    ['emergency-too-long', { hours: 4.01 }],
    ['emergency-too-long', { hours: 0 }],
    ['supervisor-is-self', { supervisor: 'mei' }],
  ])('not when %s', (code, difference) =>
    given()
      .when({ ...open, ...difference })
      .thenRejected(code),
  );
  it('nobody reviews their own', () =>
    given(opened)
      .when({ ...review, reviewer: 'mei' })
      .thenRejected('own-emergency-access'));
  it('once', () => {
    given(opened).when(review).then(reviewed);
    given(opened, reviewed).when(review).thenRejected('already-reviewed');
    given().when(review).thenRejected('unknown-emergency-access');
  });
  it('and ends at once when it was not justified', () => {
    const read = { ...asked, recipient: { agency: 'aoba-clinic', user: 'mei', role: 'caseworker' } };
    const command = { ...authorise(now), asked: { ...read, action: 'read', legalBasis: 'emergency' } } as const;
    const answer = (events: readonly ConsentEvent[]) =>
      consent.decide(command, events.reduce(consent.evolve, consent.initial))[0]?.data;
    expect(answer([opened])).toMatchObject({ code: 'permitted-in-emergency', restsOn: 'access-1' });
    expect(answer([opened, reviewed])).toMatchObject({ code: 'no-consent' });
  });
});

describe('erasure ends everything', () => {
  const erase: ConsentCommand = { type: 'EraseConsent', erasureId: 'erasure-1' };
  it('withdraws all, once', () => {
    given(granted).when(erase).then({ type: 'ConsentWithdrawn', data: withdrawn.data }, erased);
    given(erased).when(erase).thenNothing();
  });
  it('after which nothing is granted', () => given(erased).when(grant).thenRejected('person-erased'));
});

describe('in every reachable state', () => {
  const commands: readonly ConsentCommand[] = [
    grant,
    { ...withTerms({ effect: 'deny' }), grantId: 'grant-2' },
    { ...grant, grantId: 'grant-3' },
    withdraw(['grant-1']),
    withdraw('all'),
    authorise(now),
    { ...authorise('2027-06-01T00:00:00Z'), decisionId: 'late' },
    open,
    { type: 'EraseConsent', erasureId: 'erasure-1' },
  ];
  const history = fc.array(fc.constantFrom(...commands), { maxLength: 12 }).map((list) => list.reduce(played, []));

  it('a withdrawal of everything ends every permit', () =>
    fc.assert(
      fc.property(history, (events) => {
        const ended = played(events, withdraw('all'));
        const [answer] = consent.decide(authorise(now), ended.reduce(consent.evolve, consent.initial));
        expect(answer?.type).toBe('DisclosureRefused');
      }),
    ));

  it('replaying every recorded decision at its revision gives the same answer', () =>
    fc.assert(
      fc.property(history, (events) => {
        events.forEach((event, revision) => {
          if (event.type !== 'DisclosureAuthorised' && event.type !== 'DisclosureRefused') return;
          const before = events.slice(0, event.data.consentRevision + 1).reduce(consent.evolve, consent.initial);
          expect(event.data.consentRevision).toBe(revision - 1);
          const command = { ...authorise(event.data.at), decisionId: decisionIdOf(event) };
          expect(consent.decide(command, before)).toEqual([event]);
        });
      }),
    ));
});

function played(events: readonly ConsentEvent[], command: ConsentCommand): readonly ConsentEvent[] {
  try {
    return [...events, ...consent.decide(command, events.reduce(consent.evolve, consent.initial))];
  } catch (error) {
    if (error instanceof Rejection) return events;
    throw error;
  }
}

function decisionIdOf(event: ConsentEvent): string {
  if (event.type === 'DisclosureAuthorised') return event.data.authorisationId;
  return event.type === 'DisclosureRefused' ? event.data.refusalId : '';
}
