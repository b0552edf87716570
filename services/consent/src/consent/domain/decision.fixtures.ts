import type { ConsentRecord } from './decision';
import type { Grant } from './matching';
import { currentPolicy, type Policy, type StatutoryBasis } from './policy';
import { categoryMask, type DecisionRequest } from './request';

export const from = Date.parse('2026-11-01T00:00:00Z');
export const until = Date.parse('2027-11-01T00:00:00Z');
export const noon = '2026-11-22T12:00:00Z';

/** Mei's centre asks to be given, for a referral, what was said. */
export const request: Required<DecisionRequest> = {
  personId: '0d6e4079-e36b-4a2b-a2a4-2f8a7d5c1b11',
  recipient: { agency: 'tsumugi-support-center', user: 'mei', role: 'caseworker' },
  purpose: 'referral',
  categories: ['consultation-content', 'needs'],
  action: 'disclose',
  at: noon,
  legalBasis: 'consent',
};

/** A permit that covers exactly that request. */
export const permit: Grant = {
  grantId: 'permit',
  revision: 0,
  effect: 'permit',
  purposes: ['referral'],
  categoryMask: categoryMask(['consultation-content', 'needs']),
  recipients: ['tsumugi-support-center'],
  actions: ['disclose'],
  from,
  until,
  withdrawn: false,
};

export const denial: Grant = { ...permit, grantId: 'denial', revision: 1, effect: 'deny' };

export const record = (...grants: readonly Grant[]): ConsentRecord => ({
  status: 'open',
  revision: 9,
  grants,
  emergencies: [],
});

/** What a council would have to fill in before the statute permits anything. */
export const adopted: StatutoryBasis = {
  id: 'jp-loneliness-act-16',
  enabled: true,
  article: '孤独・孤立対策推進法 第16条',
  council: '紡市孤独・孤立対策地域協議会',
  publicNotice: '紡市告示第12号',
  members: [{ agency: 'tsumugi-support-center', from: '2026-04-01T00:00:00Z', until: '2027-04-01T00:00:00Z' }],
  necessity: 'joint support cannot be planned without the needs',
  approver: 'itsuki',
  purposes: ['case-conference'],
  categories: ['needs'],
  actions: ['disclose'],
  from: '2026-04-01T00:00:00Z',
  until: '2027-04-01T00:00:00Z',
};

export const policyWith = (...statutoryBases: readonly StatutoryBasis[]): Policy => ({
  ...currentPolicy,
  statutoryBases,
});
