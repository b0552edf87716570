import type { DecisionCode } from '@tsunagu/contracts';
import { matchGrants, type Grant, type Matching } from './matching';
import type { Obligation, Policy, StatutoryBasis } from './policy';
import { categoryMask, readRequest, type Asked, type DecisionRequest } from './request';

/** Break-glass: one worker, reading only, for some hours. Times in ms since the epoch. */
export interface EmergencyAccess {
  readonly accessId: string;
  readonly agency: string;
  readonly user: string;
  readonly categoryMask: number;
  readonly from: number;
  readonly until: number;
  readonly reviewed: boolean;
  /** Reviewed and found unjustified. */
  readonly closed: boolean;
}

/** All that is known of a person's consent at one revision of its stream. */
export interface ConsentRecord {
  readonly status: 'open' | 'erased';
  /** -1 when nothing was ever recorded. */
  readonly revision: number;
  /** In the order of the stream. */
  readonly grants: readonly Grant[];
  readonly emergencies: readonly EmergencyAccess[];
}

export interface Decision {
  readonly outcome: 'permitted' | 'refused';
  readonly code: DecisionCode;
  /** Grants that apply to the request, in the order of the stream: denials too. */
  readonly matched: Matching['matched'];
  /** The others, each with the first dimension in which it differs from the request. */
  readonly unmatched: Matching['unmatched'];
  /** Request fields that are missing or hold an unknown code. */
  readonly missing: readonly string[];
  /** The statutory basis or emergency access it rests on instead of grants. */
  readonly restsOn?: string;
  readonly obligations: readonly Obligation[];
  /** Instant at which the permission ends of itself. */
  readonly until?: string;
  readonly policyVersion: string;
  readonly consentRevision: number;
}

/**
 * May this recipient do this with these data of this person, at this instant, for this purpose? A table, read from the
 * top: indeterminate, erased and explicitly denied refuse; then a grant, a statute or emergency access permits; all
 * else is refused. Pure, total, and blind to the order in which grants are handed over.
 */
export function decide(request: DecisionRequest, consent: ConsentRecord, policy: Policy): Decision {
  const by = { policyVersion: policy.version, consentRevision: consent.revision };
  const asked = readRequest(request);
  if ('missing' in asked) return refused('indeterminate', { ...nothing, missing: asked.missing }, by);
  if (consent.status === 'erased') return refused('person-erased', nothing, by);
  const found = matchGrants(asked, consent.grants, policy.receivingRoles.includes(asked.role));
  if (found.denied) return refused('explicitly-denied', found, by);
  const obligations = policy.obligations.get(asked.action) ?? [];
  if (found.covered === asked.mask) {
    return { ...permitted('permitted', found, by), obligations, until: new Date(found.until).toISOString() };
  }
  const basis = policy.statutoryBases.find((candidate) => permitsByStatute(candidate, asked));
  if (basis) {
    return { ...permitted('permitted-by-statute', found, by), obligations, restsOn: basis.id, until: basis.until };
  }
  const access = consent.emergencies.find((candidate) => isOpenTo(candidate, asked));
  if (access) {
    const limits = { obligations: emergencyObligations, until: new Date(access.until).toISOString() };
    return { ...permitted('permitted-in-emergency', found, by), ...limits, restsOn: access.accessId };
  }
  return refused(mostTellingCode(asked, found), found, by);
}

type DecidedBy = Pick<Decision, 'policyVersion' | 'consentRevision'>;
type Explained = Pick<Decision, 'matched' | 'unmatched'> & { readonly missing?: readonly string[] };

const nothing: Explained = { matched: [], unmatched: [] };
const emergencyObligations = ['read-only', 'no-onward-disclosure', 'review-within-72-hours'] as const;

const refused = (code: DecisionCode, { matched, unmatched, missing = [] }: Explained, by: DecidedBy): Decision => ({
  outcome: 'refused',
  code,
  matched,
  unmatched,
  missing,
  obligations: [],
  policyVersion: by.policyVersion,
  consentRevision: by.consentRevision,
});

const permitted = (code: DecisionCode, found: Explained, by: DecidedBy): Decision => ({
  ...refused(code, found, by),
  outcome: 'permitted',
});

/** A withdrawal says more than an expiry, an expiry more than a beginning still to come. */
function mostTellingCode(asked: Asked, found: Matching): DecisionCode {
  const uncovered = asked.mask & ~found.covered;
  if (uncovered & found.withdrawn) return 'consent-withdrawn';
  if (uncovered & found.expired) return 'consent-expired';
  if (uncovered & found.future) return 'consent-not-yet-in-force';
  return 'no-consent';
}

function permitsByStatute(basis: StatutoryBasis, asked: Asked): boolean {
  const isIn = ({ from, until }: { readonly from: string; readonly until: string }): boolean =>
    asked.at >= Date.parse(from) && asked.at < Date.parse(until);
  return (
    basis.enabled &&
    asked.legalBasis === 'statutory' &&
    [basis.article, basis.council, basis.publicNotice, basis.necessity, basis.approver].every((part) => part !== '') &&
    isIn(basis) &&
    basis.members.some((member) => member.agency === asked.agency && isIn(member)) &&
    basis.purposes.some((purpose) => purpose === asked.purpose) &&
    basis.actions.some((action) => action === asked.action) &&
    (asked.mask & ~categoryMask(basis.categories)) === 0
  );
}

const isOpenTo = (access: EmergencyAccess, asked: Asked): boolean =>
  asked.legalBasis === 'emergency' &&
  asked.action === 'read' &&
  !access.closed &&
  access.agency === asked.agency &&
  access.user === asked.user &&
  asked.at >= access.from &&
  asked.at < access.until &&
  (asked.mask & ~access.categoryMask) === 0;
