import { ageBandOn } from './age-band';

describe('age is only ever told in bands', () => {
  it.each([
    ['2008-11-23', '2026-11-22', 'under-18'],
    ['2008-11-22', '2026-11-22', '18-39'],
    ['1986-11-22', '2026-11-22', '40-64'],
    ['1961-11-23', '2026-11-22', '40-64'],
    ['1961-11-22', '2026-11-22', '65-74'],
    ['1951-11-22', '2026-11-22', '75-plus'],
    ['2008-02-29', '2026-02-28', 'under-18'],
    ['2008-02-29', '2026-03-01', '18-39'],
    ['2027-01-01', '2026-11-22', 'unknown'],
    [null, '2026-11-22', 'unknown'],
  ] as const)('born %s, on %s: %s', (birthDate, today, band) => expect(ageBandOn(birthDate, today)).toBe(band));
});
