import { type ConsentRecord, currentPolicy, decide, type DecisionRequest } from '@tsunagu/consent';
import { median, quantile } from './measure';
import { atMost, type Section } from './report';
import { type Scale } from './scale';

const request: DecisionRequest = {
  personId: '0d6e4079-e36b-4a2b-a2a4-2f8a7d5c1b11',
  recipient: { agency: 'tsumugi-support-center', user: 'mei', role: 'caseworker' },
  purpose: 'referral',
  categories: ['needs'],
  action: 'disclose',
  at: '2026-11-22T12:00:00Z',
  legalBasis: 'consent',
};

/** Nineteen grants to others, expired or withdrawn, and last the one that permits. */
const consent: ConsentRecord = {
  status: 'open',
  revision: 20,
  emergencies: [],
  grants: Array.from({ length: 20 }, (_, n) => ({
    grantId: `grant-${n}`,
    revision: n,
    effect: 'permit',
    purposes: n % 3 === 0 && n < 19 ? ['support'] : ['referral'],
    categoryMask: ~0,
    recipients: n % 3 === 1 && n < 19 ? ['aoba-clinic'] : ['tsumugi-support-center'],
    actions: ['disclose'],
    from: Date.parse('2026-11-01T00:00:00Z'),
    until: n % 3 === 2 && n < 19 ? Date.parse('2026-11-02T00:00:00Z') : Date.parse('2027-11-01T00:00:00Z'),
    withdrawn: false,
  })),
};

const AT_ONCE = 20;

/** One decision is shorter than the clock can tell, so each sample is the mean of twenty. */
export function decideSection(scale: Scale): Section {
  if (decide(request, consent, currentPolicy).outcome !== 'permitted') throw new Error('the sample must be permitted');
  const samples: number[] = [];
  const until = performance.now() + scale.rounds * scale.ms;
  for (let before = performance.now(); before < until;) {
    for (let n = 0; n < AT_ONCE; n += 1) decide(request, consent, currentPolicy);
    const now = performance.now();
    samples.push(((now - before) * 1000) / AT_ONCE);
    before = performance.now();
  }
  const [p50, p99] = [median(samples), quantile(samples, 0.99)];
  return {
    title: 'Decide, 20 grants, with the explanation',
    notes: ['the pure function; each sample is the mean of 20 decisions'],
    lines: [{ name: 'tsunagu', figures: { 'p50 µs': p50, 'p99 µs': p99 } }],
    goals: [atMost('p50 µs', p50, 5), atMost('p99 µs', p99, 10)],
  };
}
