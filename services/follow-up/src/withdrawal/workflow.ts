import { type CloudEvent, type DataOf, intakeEvents, referralEvents } from '@tsunagu/contracts';
import type { PlanCommand } from '../plan/domain/plan';

type Cancelled = DataOf<typeof referralEvents.ReferralCancelled>;
type Notified = DataOf<typeof referralEvents.WithdrawalNotified>;
type Erased = DataOf<typeof intakeEvents.PersonErased>;

/** Which open plans an event concerns. */
export type Concerned = { readonly referralId: string } | { readonly personId: string };

export type Reaction =
  | { readonly kind: 'raise-task'; readonly task: 'consent-withdrawn'; readonly about: string }
  | Pick<Extract<PlanCommand, { kind: 'close' }>, 'kind' | 'outcome' | 'note'>;

/** A withdrawal asks the plan's owner to review what rests on it; an erasure ends the plan. Nothing else concerns plans. */
export function reactionTo(event: CloudEvent): { readonly plans: Concerned; readonly reaction: Reaction } | undefined {
  switch (event.type) {
    case referralEvents.WithdrawalNotified.type: {
      const { referralId } = event.data as Notified;
      return { plans: { referralId }, reaction: { kind: 'raise-task', task: 'consent-withdrawn', about: referralId } };
    }
    case referralEvents.ReferralCancelled.type: {
      const { referralId, reason } = event.data as Cancelled;
      if (reason !== 'consent-withdrawn') return undefined;
      return { plans: { referralId }, reaction: { kind: 'raise-task', task: 'consent-withdrawn', about: referralId } };
    }
    case intakeEvents.PersonErased.type:
      return {
        plans: { personId: (event.data as Erased).personId },
        reaction: { kind: 'close', outcome: 'person-ended', note: null },
      };
    default:
      return undefined;
  }
}
