import {
  addBusinessDays,
  addBusinessHours,
  businessDaysBetween,
  businessDeadline,
  dateInJapan,
  isBusinessDay,
} from './calendar';

describe('clocks run on the Japanese calendar', () => {
  it.each([
    ['2026-11-20', true, 'a Friday'],
    ['2026-11-21', false, 'a Saturday'],
    ['2026-11-22', false, 'a Sunday'],
    ['2026-11-23', false, 'Labour Thanksgiving Day'],
    ['2026-05-06', false, 'the substitute holiday of Golden Week'],
    ['2026-12-29', false, 'year-end closing'],
    ['2027-01-03', false, 'new-year closing'],
    ['2027-01-04', true, 'the first business day of the year'],
  ])('%s: business day %s (%s)', (date, expected) => {
    expect(isBusinessDay(date)).toBe(expected);
  });

  it('takes the date in Japan, not in UTC', () => {
    expect(dateInJapan('2026-11-22T15:30:00Z')).toBe('2026-11-23');
  });

  it('counts business days over a holiday weekend', () => {
    expect(addBusinessDays('2026-11-20', 1)).toBe('2026-11-24');
    expect(addBusinessDays('2026-11-21', 0)).toBe('2026-11-24');
    expect(businessDaysBetween('2026-11-20', '2026-11-25')).toBe(2);
    expect(businessDaysBetween('2026-11-25', '2026-11-20')).toBe(0);
  });

  it('ends a deadline in days at close of business', () => {
    expect(businessDeadline('2026-11-20T02:00:00Z', 1)).toBe('2026-11-24T08:00:00.000Z');
  });

  it('runs a deadline in hours during office hours only', () => {
    expect(addBusinessHours('2026-11-20T16:00:00+09:00', 2)).toBe('2026-11-24T01:00:00.000Z');
    expect(addBusinessHours('2026-11-22T02:00:00+09:00', 1)).toBe('2026-11-24T01:00:00.000Z');
    expect(addBusinessHours('2026-11-24T10:00:00+09:00', 3)).toBe('2026-11-24T04:00:00.000Z');
  });
});
