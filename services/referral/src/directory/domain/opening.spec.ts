import type { Schedule } from '@tsunagu/contracts';
import { localMoment, openingAt } from './opening';

const plain: Schedule = { weekly: [], holidays: null, closures: [], dates: [], text: null, conditions: [] };
const office: Schedule = {
  ...plain,
  weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], opens: '08:30', closes: '17:00' }],
  holidays: 'closed',
  closures: [{ from: '--12-29', until: '--01-03' }],
};
const at = (moment: string, schedule: Schedule | null) => openingAt(schedule, localMoment(moment));

describe('opening at a moment', () => {
  it.each([
    ['a working hour', '2026-11-24T10:00', 'open'],
    ['the minute it opens', '2026-11-24T08:30', 'open'],
    ['the minute it closes', '2026-11-24T17:00', 'closed'],
    ['a Sunday', '2026-11-22T10:00', 'closed'],
    ['a public holiday on a Monday', '2026-11-23T10:00', 'closed'],
    ['the turn of the year', '2027-01-01T10:00', 'closed'],
    ['an instant, in the directory’s own time', '2026-11-24T01:00:00Z', 'open'],
  ])('%s', (_, moment, expected) => expect(at(moment, office)).toBe(expected));

  it('is unknown without hours', () =>
    expect([at('2026-11-24T10:00', null), at('2026-11-24T10:00', plain)]).toEqual(['unknown', 'unknown']));
  it('is unknown on a holiday that the source does not speak of', () =>
    expect(at('2026-11-23T10:00', { ...office, holidays: null })).toBe('unknown'));
  it('names conditions that were not understood', () =>
    expect(at('2026-11-24T10:00', { ...office, conditions: ['入館は16:30まで'] })).toBe('unless'));
  it('passes midnight', () => {
    const bar: Schedule = { ...plain, weekly: [{ days: ['fri'], opens: '18:00', closes: '26:00' }] };
    expect(
      ['2026-11-20T23:00', '2026-11-21T01:30', '2026-11-21T02:00', '2026-11-20T01:30'].map((m) => at(m, bar)),
    ).toEqual(['open', 'open', 'closed', 'closed']);
  });
});

describe('a date without a year is in the year where its weekday fits', () => {
  const event: Schedule = {
    ...plain,
    dates: [{ from: '--08-23', until: '--08-23', fromDay: 'sun', untilDay: 'sun', opens: '13:30', closes: '15:00' }],
  };
  it('open in 2026, when 23 August is a Sunday', () => expect(at('2026-08-23T14:00', event)).toBe('open'));
  it('closed in 2027, when it is a Monday', () => expect(at('2027-08-23T14:00', event)).toBe('closed'));
  it('across the turn of the year', () => {
    const winter: Schedule = {
      ...plain,
      dates: [{ from: '--12-26', until: '--01-03', fromDay: 'sat', untilDay: 'sun', opens: null, closes: null }],
    };
    expect([at('2026-12-27T12:00', winter), at('2027-01-02T12:00', winter), at('2027-12-27T12:00', winter)]).toEqual([
      'unknown',
      'unknown',
      'closed',
    ]);
  });
});
