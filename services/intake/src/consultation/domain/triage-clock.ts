import type { TriageTier } from '@tsunagu/contracts';
import { never } from '@tsunagu/event-sourcing';
import { afterBusinessMinutes, afterMinutes, closeOfBusinessDay } from './japanese-calendar';

type Within =
  | { readonly clock: 'around-the-clock'; readonly minutes: number }
  | { readonly clock: 'business-hours'; readonly minutes: number }
  | { readonly clock: 'business-days'; readonly days: number };

/** How fast each tier is answered. Data: a change here changes only deadlines set afterwards. */
export const answerWithin: { readonly [Tier in TriageTier]: Within } = {
  crisis: { clock: 'around-the-clock', minutes: 60 },
  'tier-1': { clock: 'business-days', days: 1 },
  'tier-2': { clock: 'business-hours', minutes: 4 * 60 },
  'tier-3': { clock: 'business-days', days: 5 },
};

/** By when a consultation of this tier must be answered. */
export function dueAt(tier: TriageTier, from: string): string {
  const within = answerWithin[tier];
  switch (within.clock) {
    case 'around-the-clock':
      return afterMinutes(from, within.minutes);
    case 'business-hours':
      return afterBusinessMinutes(from, within.minutes);
    case 'business-days':
      return closeOfBusinessDay(from, within.days);
    default:
      return never(within);
  }
}
