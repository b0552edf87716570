import type { Asked } from './request';

/** A grant as the fold keeps it: times in ms since the epoch, categories as bits, so that a scan costs little. */
export interface Grant {
  readonly grantId: string;
  /** Revision of the consent stream that recorded it: the only order there is. */
  readonly revision: number;
  readonly effect: 'permit' | 'deny';
  readonly purposes: readonly string[];
  readonly categoryMask: number;
  /** Agencies by id, or every agency on the platform. */
  readonly recipients: readonly string[] | 'any-agency';
  readonly actions: readonly string[];
  readonly from: number;
  readonly until: number;
  /** When the mandate of the representative who gave it ends; a permit ends with it, a denial does not. */
  readonly mandateUntil?: number;
  /** A fact of the stream, not of any clock: from then on the grant counts for nothing. */
  readonly withdrawn: boolean;
}

/** In this order a grant is compared with a request; the first that differs is why it did not match. */
export type Dimension =
  | 'recipient'
  | 'purpose'
  | 'action'
  | 'category'
  | 'withdrawn'
  | 'not-yet-in-force'
  | 'expired'
  | 'representative-mandate-ended';

export interface Matching {
  readonly matched: readonly { readonly grantId: string; readonly effect: 'permit' | 'deny' }[];
  readonly unmatched: readonly { readonly grantId: string; readonly failedOn: Dimension }[];
  readonly denied: boolean;
  /** Categories that permits in force cover. */
  readonly covered: number;
  /** Categories that a permit would cover, were it not withdrawn, past or still to come. */
  readonly withdrawn: number;
  readonly expired: number;
  readonly future: number;
  /** Earliest end, in ms, of the permits that matched. */
  readonly until: number;
}

/** Compares every grant with the request; `mayReceive` is whether policy lets the recipient's role receive at all. */
export function matchGrants(asked: Asked, recorded: readonly Grant[], mayReceive: boolean): Matching {
  const matched: { grantId: string; effect: 'permit' | 'deny' }[] = [];
  const unmatched: { grantId: string; failedOn: Dimension }[] = [];
  const missed: { [D in Dimension]?: number } = {};
  let denied = false;
  let covered = 0;
  let until = Infinity;
  for (const grant of inStreamOrder(recorded)) {
    const { grantId, effect } = grant;
    const failedOn = firstDifference(asked, grant, mayReceive);
    if (failedOn) {
      unmatched.push({ grantId, failedOn });
      if (effect === 'permit') missed[failedOn] = (missed[failedOn] ?? 0) | grant.categoryMask;
      continue;
    }
    matched.push({ grantId, effect });
    if (effect === 'deny') {
      denied = true;
    } else {
      covered |= grant.categoryMask & asked.mask;
      until = Math.min(until, endOf(grant));
    }
  }
  const expired = (missed.expired ?? 0) | (missed['representative-mandate-ended'] ?? 0);
  const [withdrawn, future] = [missed.withdrawn ?? 0, missed['not-yet-in-force'] ?? 0];
  return { matched, unmatched, denied, covered, withdrawn, expired, future, until };
}

/** The fold keeps them in order already; whoever hands them over otherwise gets the same answer. */
function inStreamOrder(grants: readonly Grant[]): readonly Grant[] {
  for (let n = 1; n < grants.length; n += 1) {
    if ((grants[n - 1]?.revision ?? 0) > (grants[n]?.revision ?? 0)) {
      return [...grants].sort((a, b) => a.revision - b.revision);
    }
  }
  return grants;
}

/** Comparisons are written so that an instant that is no number matches nothing. */
function firstDifference(asked: Asked, grant: Grant, mayReceive: boolean): Dimension | undefined {
  const isPermit = grant.effect === 'permit';
  if (isPermit && !mayReceive) return 'recipient';
  if (grant.recipients !== 'any-agency' && !grant.recipients.includes(asked.agency)) return 'recipient';
  if (!grant.purposes.includes(asked.purpose)) return 'purpose';
  if (!grant.actions.includes(asked.action)) return 'action';
  if ((grant.categoryMask & asked.mask) === 0) return 'category';
  if (grant.withdrawn) return 'withdrawn';
  if (!(asked.at >= grant.from)) return 'not-yet-in-force';
  if (!(asked.at < grant.until)) return 'expired';
  if (isPermit && !(asked.at < endOf(grant))) return 'representative-mandate-ended';
  return undefined;
}

const endOf = (grant: Grant): number => Math.min(grant.until, grant.mandateUntil ?? Infinity);
