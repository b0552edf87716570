import { addBusinessHours, businessDeadline, dateInJapan, isBusinessDay } from '@tsunagu/calendar';
import type { TriageTier } from '@tsunagu/contracts';
import { never } from '@tsunagu/event-sourcing';

const HOUR_MS = 3_600_000;

type Within =
  | { readonly clock: 'around-the-clock'; readonly hours: number }
  | { readonly clock: 'business-hours'; readonly hours: number }
  | { readonly clock: 'business-days'; readonly days: number };

/** How fast each tier is answered. Data: a change here changes only deadlines set afterwards. */
export const answerWithin: { readonly [Tier in TriageTier]: Within } = {
  crisis: { clock: 'around-the-clock', hours: 1 },
  'tier-1': { clock: 'business-days', days: 1 },
  'tier-2': { clock: 'business-hours', hours: 4 },
  'tier-3': { clock: 'business-days', days: 5 },
};

/** By when a consultation of this tier must be answered. */
export function dueAt(tier: TriageTier, from: string): string {
  const within = answerWithin[tier];
  switch (within.clock) {
    case 'around-the-clock':
      return new Date(Date.parse(from) + within.hours * HOUR_MS).toISOString();
    case 'business-hours':
      return addBusinessHours(from, within.hours);
    case 'business-days':
      return closeOfBusinessDay(from, within.days);
    default:
      return never(within);
  }
}

/** Close of the n-th business day after the day of `from`, be that a business day or not. */
const closeOfBusinessDay = (from: string, n: number): string =>
  businessDeadline(from, isBusinessDay(dateInJapan(from)) ? n : n - 1);
