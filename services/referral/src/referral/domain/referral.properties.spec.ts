import { referralStatuses } from '@tsunagu/contracts';
import * as fc from 'fast-check';
import { Rejection } from '@tsunagu/event-sourcing';
import type { Decision, ReferralCommand } from './commands';
import type { Disclosure, ReferralEvent } from './events';
import { referral } from './referral';
import { claim, draftIt, now, ordersBy, permitted, receiver, reported, send, sender } from './referral.fixtures';
import { isLive, liveStatuses, type ReferralState } from './state';
import { isWithdrawn } from './withdrawing';

const agencies = [sender, receiver, 'aoba-clinic'] as const;
const grants = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'] as const;

const agency = fc.constantFrom(...agencies);
const instant = fc
  .integer({ min: 0, max: 200 })
  .map((days) => new Date(Date.UTC(2026, 10, 20) + days * 86_400_000).toISOString());
const disclosure: fc.Arbitrary<Disclosure> = fc.record({
  agency,
  authorisationId: fc.uuid(),
  grantIds: fc.subarray([...grants], { minLength: 1 }),
  fields: fc.constantFrom({}, { needs: { sealed: 'n' } }, { health: { sealed: 'h' } }),
});
const decision: fc.Arbitrary<Decision> = fc.oneof(
  fc.record({
    outcome: fc.constant('refused' as const),
    agency,
    code: fc.constantFrom('no-consent', 'consent-withdrawn'),
    explanation: fc.constant(null),
  }),
  fc.record({
    outcome: fc.constant('permitted' as const),
    categories: fc.constantFrom(['identity', 'needs'] as const, ['identity'] as const, ['outcome'] as const),
    until: instant,
    disclosure,
  }),
  fc.constant(reported),
);
const reason = fc.constantFrom(
  { reason: 'no-capacity', reasonOwner: 'agency' } as const,
  { reason: 'other', reasonOwner: 'person' } as const,
  { reason: 'person-died', reasonOwner: 'agency' } as const,
);

const plain = fc.constantFrom('AcceptReferral', 'StartReferral', 'ResumeReferral', 'MarkEnteredInError');
const reasoned = fc.constantFrom('RejectReferral', 'HoldReferral', 'FailReferral', 'CancelReferral');
const wild: fc.Arbitrary<ReferralCommand> = fc.oneof(
  fc.constantFrom(draftIt(), draftIt(null)),
  fc.record({ type: plain, by: agency, now: instant }),
  fc
    .tuple(fc.record({ type: reasoned, by: agency, now: instant }), reason)
    .map(([order, why]) => ({ ...order, ...why })),
  fc.record({ type: fc.constant('SendReferral'), by: agency, now: instant, decision }),
  fc.record({ type: fc.constant('SendReferral'), by: agency, now: instant }),
  fc.record({ type: fc.constant('ClaimReferral'), by: agency, now: instant, sector: fc.constant('npo'), decision }),
  fc.record({
    type: fc.constant('RequestInformation'),
    by: agency,
    now: instant,
    question: fc.constant({ sealed: 'q' }),
  }),
  fc.record({ type: fc.constant('ProvideInformation'), by: agency, now: instant, decision }),
  fc.record({ type: fc.constant('CompleteReferral'), by: agency, now: instant, outcome: fc.constant('need-met') }),
  fc.record({ type: fc.constant('RerouteReferral'), by: agency, now: instant, nextReferralId: fc.uuid() }),
  fc.record({ type: fc.constant('ReportOutcome'), by: agency, now: instant, decision }),
  fc.record({
    type: fc.constant('AcknowledgeWithdrawal'),
    by: agency,
    now: instant,
    disposition: fc.constant('deleted'),
  }),
  fc.record({
    type: fc.constant('EndForWithdrawal'),
    now: instant,
    grants: fc.oneof(fc.constant('all' as const), fc.subarray([...grants], { minLength: 1 })),
  }),
  fc.record({ type: fc.constant('PassDeadline'), now: instant, deadline: instant }),
) as fc.Arbitrary<ReferralCommand>;

/** What a well-behaved pair of agencies would do: without it, chance seldom gets past the first steps. */
const { MarkEnteredInError: _, CancelReferral: __, RerouteReferral: ___, ...bySender } = ordersBy(sender);
const { CancelReferral: ____, ...byReceiver } = ordersBy(receiver);
const sensible: fc.Arbitrary<ReferralCommand> = fc.constantFrom<ReferralCommand>(
  ...Object.values(bySender),
  ...Object.values(byReceiver),
  send(),
  claim(receiver, permitted),
  { type: 'ReportOutcome', by: sender, now, decision: reported },
  { type: 'AcknowledgeWithdrawal', by: receiver, now, disposition: 'sealed' },
);
/** The clock finds whatever is due, as the read model would tell it. */
const clocks = fc.constantFrom('status' as const, 'acknowledgement' as const);
const move = fc.oneof(
  { weight: 30, arbitrary: sensible },
  { weight: 2, arbitrary: wild },
  { weight: 2, arbitrary: clocks },
);
type Move = ReferralCommand | 'status' | 'acknowledgement';

function commandOf(next: Move, state: ReferralState): ReferralCommand {
  if (typeof next !== 'string') return next;
  const record = state.status === 'absent' ? undefined : state.record;
  const notice = record?.notices[0];
  if (next === 'acknowledgement' && notice) {
    return { type: 'PassDeadline', agency: notice.agency, deadline: notice.deadline, now: notice.deadline };
  }
  const deadline = record?.deadline ?? now;
  return { type: 'PassDeadline', deadline, now: deadline };
}

interface Taken {
  readonly command: ReferralCommand;
  readonly before: ReferralState;
  readonly events: readonly ReferralEvent[];
}

/** Plays what is legal, as the store would record it; time only goes forward. */
function play(moves: readonly Move[]): { state: ReferralState; log: ReferralEvent[]; taken: Taken[] } {
  let state = referral.initial;
  let time = now;
  const log: ReferralEvent[] = [];
  const taken: Taken[] = [];
  for (const move of moves) {
    const chosen = commandOf(move, state);
    time = Date.parse(chosen.now) > Date.parse(time) ? chosen.now : time;
    const next = { ...chosen, now: time };
    try {
      const events = referral.decide(next, state);
      taken.push({ command: next, before: state, events });
      log.push(...events);
      state = events.reduce(referral.evolve, state);
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
    }
  }
  return { state, log, taken };
}

const histories = fc
  .tuple(fc.constantFrom(draftIt(), draftIt(null)), fc.array(move, { maxLength: 80, size: 'max' }))
  .map(([first, rest]) => [first, ...rest]);
const always = (check: (played: ReturnType<typeof play>) => void) =>
  fc.assert(
    fc.property(histories, (commands) => check(play(commands))),
    { numRuns: 500 },
  );

describe('whatever agencies order, in whatever order', () => {
  it('nothing is disclosed without an authorisation in force for that very receiver', () =>
    always(({ taken }) => {
      for (const { command: by, events } of taken) {
        for (const event of events) {
          if (!('disclosure' in event.data)) continue;
          const rests = 'decision' in by ? by.decision : undefined;
          if (rests?.outcome !== 'permitted') throw new Error(`${event.type} without an authorisation`);
          expect(rests.disclosure).toEqual(event.data.disclosure);
          expect(Date.parse(rests.until)).toBeGreaterThan(Date.parse(by.now));
          const to = event.type === 'OutcomeReported' ? event.data.about.fromAgency : event.data.about.toAgency;
          expect(event.data.disclosure.agency).toBe(to);
          expect(rests.categories).toEqual(expect.arrayContaining(Object.keys(event.data.disclosure.fields)));
        }
      }
    }));

  it('a withdrawal ends every reachable state, and asks every recipient', () =>
    always(({ state }) => {
      if (state.status === 'absent') return;
      const end: ReferralCommand = { type: 'EndForWithdrawal', grants: 'all', now: '2028-01-04T00:00:00Z' };
      const after = referral.decide(end, state).reduce(referral.evolve, state);
      if (after.status === 'absent') throw new Error('it was there before');
      expect(isLive(after)).toBe(false);
      expect(after.status).toBe(isLive(state) ? 'cancelled' : state.status);
      for (const given of after.record.disclosures) expect(isWithdrawn(after.record, given)).toBe(true);
      expect(referral.decide(end, after)).toEqual([]);
    }));

  it('a withdrawal of some grants ends exactly what rests on them', () =>
    always(({ taken }) => {
      for (const { command: by, before, events } of taken) {
        if (by.type !== 'EndForWithdrawal' || by.grants === 'all' || before.status === 'absent') continue;
        const hit = before.record.disclosures.some(({ grantIds }) => grantIds.some((id) => by.grants.includes(id)));
        expect(events.some(({ type }) => type === 'ReferralCancelled')).toBe(isLive(before) && hit);
      }
    }));

  it('replaying the log gives the same state', () =>
    always(({ state, log }) => {
      const copy = JSON.parse(JSON.stringify(log)) as ReferralEvent[];
      expect(copy.reduce(referral.evolve, referral.initial)).toEqual(JSON.parse(JSON.stringify(state)));
    }));

  it('an ended referral never comes back to life, and is counted once', () =>
    always(({ taken, log }) => {
      const ended = taken.findIndex(({ before }) => before.status !== 'absent' && !isLive(before));
      if (ended >= 0) {
        for (const { before } of taken.slice(ended)) {
          expect(liveStatuses.some((status) => status === before.status)).toBe(false);
        }
      }
      const counted = log.filter(
        (event) => event.type !== 'ReferralWithheld' && 'counted' in event.data && event.data.counted,
      );
      expect(counted.length).toBeLessThanOrEqual(1);
      expect(log.filter(({ type }) => type === 'ReferralClaimed').length).toBeLessThanOrEqual(1);
    }));

  it('every live status but a draft has a deadline, and each deadline is called at most once', () =>
    always(({ state, log }) => {
      if (state.status !== 'absent') {
        expect(state.record.deadline === null).toBe(state.status === 'draft' || !isLive(state));
      }
      const calls = log.flatMap((event) => (event.type === 'ReferralDeadlinePassed' ? [event.data] : []));
      expect(new Set(calls.map(({ status, deadline }) => `${status} ${deadline}`)).size).toBe(calls.length);
    }));

  it('only the parties are told, and a draft is nobody else’s', () =>
    always(({ log }) => {
      for (const { type, data } of log) {
        const { fromAgency, toAgency, parties } = data.about;
        expect([[fromAgency], [fromAgency, toAgency]]).toContainEqual(parties);
        if (type === 'ReferralDrafted') expect(parties).toEqual([fromAgency]);
      }
    }));
});

describe('the generator reaches what it should', () => {
  it('every status is met, and every event', () => {
    const statuses = new Set<string>();
    const types = new Set<string>();
    fc.assert(
      fc.property(histories, (commands) => {
        const { taken, log } = play(commands);
        taken.forEach(({ before }) => statuses.add(before.status));
        log.forEach(({ type }) => types.add(type));
      }),
      { numRuns: 2_000, seed: 20_261_122 },
    );
    expect([...statuses].sort()).toEqual(['absent', ...referralStatuses.codes].sort());
    expect([...types].sort()).toEqual(
      [
        'AcknowledgementOverdue',
        'InformationProvided',
        'InformationRequested',
        'OpenCallPosted',
        'OutcomeReported',
        'ReferralAccepted',
        'ReferralCancelled',
        'ReferralClaimed',
        'ReferralCompleted',
        'ReferralDeadlinePassed',
        'ReferralDrafted',
        'ReferralEnteredInError',
        'ReferralFailed',
        'ReferralHeld',
        'ReferralRejected',
        'ReferralRerouted',
        'ReferralResumed',
        'ReferralSent',
        'ReferralStarted',
        'ReferralWithheld',
        'WithdrawalAcknowledged',
        'WithdrawalNotified',
      ].sort(),
    );
  });
});
