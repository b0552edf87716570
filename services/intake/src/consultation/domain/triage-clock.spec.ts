import { dateInJapan, isBusinessDay } from '@tsunagu/calendar';
import fc from 'fast-check';

import { dueAt } from './triage-clock';

const jst = (instant: string): string => new Date(Date.parse(instant) + 9 * 3_600_000).toISOString().slice(0, 16);

describe('deadlines keep the Japanese calendar', () => {
  it.each([
    [
      'tier-1',
      'Friday night over a weekend and Labour Thanksgiving Day',
      '2026-11-20T22:00:00+09:00',
      '2026-11-24T17:00',
    ],
    ['tier-1', 'a weekday morning', '2026-11-17T09:00:00+09:00', '2026-11-18T17:00'],
    ['tier-1', 'the last day before the new-year rest', '2026-12-28T10:00:00+09:00', '2027-01-04T17:00'],
    ['tier-3', 'Golden Week', '2026-04-28T10:00:00+09:00', '2026-05-11T17:00'],
    ['tier-2', 'four office hours within a day', '2026-11-17T09:00:00+09:00', '2026-11-17T13:00'],
    ['tier-2', 'four office hours over a night', '2026-11-17T16:00:00+09:00', '2026-11-18T12:00'],
    ['tier-2', 'before the office opens', '2026-11-17T05:00:00+09:00', '2026-11-17T13:00'],
    ['tier-2', 'a Sunday', '2026-11-15T12:00:00+09:00', '2026-11-16T13:00'],
    ['crisis', 'at night, on a holiday, too', '2027-01-01T02:00:00+09:00', '2027-01-01T03:00'],
  ] as const)('%s: %s', (tier, _when, from, expected) => expect(jst(dueAt(tier, from))).toBe(expected));

  it('every deadline lies ahead; office deadlines fall within office hours of a business day', () =>
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2025-01-01'), max: new Date('2030-12-31'), noInvalidDate: true }),
        fc.constantFrom('tier-1', 'tier-2', 'tier-3', 'crisis'),
        (date, tier) => {
          const from = date.toISOString();
          const due = dueAt(tier, from);
          expect(Date.parse(due)).toBeGreaterThan(date.getTime());
          if (tier === 'crisis') return;
          expect(isBusinessDay(dateInJapan(due))).toBe(true);
          expect(jst(due).slice(11) >= '09:00' && jst(due).slice(11) <= '17:00').toBe(true);
        },
      ),
    ));
});
