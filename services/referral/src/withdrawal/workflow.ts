import { type CloudEvent, consentEvents, type DataOf, intakeEvents, referralEvents } from '@tsunagu/contracts';

export type Grants = readonly string[] | 'all';

/** What a bus event means for withdrawals. */
export type Learnt =
  | { readonly kind: 'withdrawn'; readonly personId: string; readonly grants: Grants }
  | {
      readonly kind: 'referral';
      readonly personId: string;
      readonly referralId: string;
      readonly grantIds: readonly string[];
    };

export interface Watched {
  readonly referralId: string;
  readonly grantIds: readonly string[];
}

/** A referral to end, because of these grants. */
export interface Ending {
  readonly referralId: string;
  readonly grants: Grants;
}

const disclosing: readonly string[] = [
  referralEvents.ReferralSent.type,
  referralEvents.ReferralClaimed.type,
  referralEvents.InformationProvided.type,
  referralEvents.OutcomeReported.type,
];

export function learntFrom(event: CloudEvent): Learnt | undefined {
  switch (event.type) {
    case consentEvents.ConsentWithdrawn.type: {
      const { personId, grantIds } = event.data as DataOf<typeof consentEvents.ConsentWithdrawn>;
      return { kind: 'withdrawn', personId, grants: grantIds };
    }
    case intakeEvents.PersonErased.type: {
      const { personId } = event.data as DataOf<typeof intakeEvents.PersonErased>;
      return { kind: 'withdrawn', personId, grants: 'all' };
    }
    case referralEvents.ReferralDrafted.type: {
      const { personId, referralId } = event.data as DataOf<typeof referralEvents.ReferralDrafted>;
      return { kind: 'referral', personId, referralId, grantIds: [] };
    }
    default: {
      if (!disclosing.includes(event.type)) return undefined;
      const { personId, referralId, grantIds } = event.data as DataOf<typeof referralEvents.ReferralSent>;
      return { kind: 'referral', personId, referralId, grantIds };
    }
  }
}

/**
 * The referrals that a withdrawal ends. Asked from both sides, under one lock per person: when the withdrawal is heard of,
 * over every disclosure known; when a disclosure is heard of, over every withdrawal known. Whichever comes second sees the
 * other, so that a disclosure authorised before and recorded after the withdrawal ends as well.
 * A draft or an open call rests on nothing yet: it is decided anew when it is sent, and ends only with the person's data.
 */
export const endings = (withdrawn: Grants, watched: readonly Watched[]): readonly Ending[] =>
  watched.flatMap(({ referralId, grantIds }): Ending[] => {
    if (withdrawn === 'all') return [{ referralId, grants: 'all' }];
    const hit = grantIds.filter((id) => withdrawn.includes(id));
    return hit.length === 0 ? [] : [{ referralId, grants: hit }];
  });
