import { parseEventHours } from './event-hours';

function said(dates: string, opens = '', closes = ''): string {
  const schedule = parseEventHours({ dates, opens, closes });
  const days = (schedule?.dates ?? []).map(
    (d) => `${d.from}${d.fromDay ?? ''}..${d.until}${d.untilDay ?? ''} ${d.opens}-${d.closes}`,
  );
  return [...days, ...(schedule?.conditions ?? [])].join('; ');
}

describe('dates of events', () => {
  it.each([
    ['8月23日（日）', '--08-23sun..--08-23sun null-null'],
    ['8月11日(火・祝)～9月23日(水・祝）', '--08-11tue..--09-23wed null-null'],
    ['2026-08-22T00:00:00.000Z', '2026-08-22..2026-08-22 null-null'],
    ['令和8年9月5日', '2026-09-05..2026-09-05 null-null'],
    ['R8.9.5', '2026-09-05..2026-09-05 null-null'],
    ['2026/12/26～1/8', '2026-12-26..2027-01-08 null-null'],
    ['9月4日、18日、10月2日', '--09-04..--09-04 null-null; --09-18..--09-18 null-null; --10-02..--10-02 null-null'],
    ['8月5日（水）～8月16日（日）\n※10日（月）以外', '--08-05wed..--08-16sun null-null; 10日(月)以外'],
    ['8月16日(日)まで', '8月16日(日)まで'],
    ['2月30日', '2月30日'],
    ['8・9月の試合日程', '8・9月の試合日程'],
    ['随時（要調整）', '随時(要調整)'],
  ])('%s', (typed, expected) => expect(said(typed)).toBe(expected));
});

describe('times of events', () => {
  it.each([
    ['13:30', '14：20', '13:30-14:20'],
    ['①13：00\n\n②14：45', '①14：00\n\n②15：45', '13:00-14:00; --08-23..--08-23 14:45-15:45'],
    ['10:00\n13:00', '12:00\n15:00', '10:00-12:00; --08-23..--08-23 13:00-15:00'],
    ['09:00', '22：00\n※日曜は17：00まで', '09:00-22:00; 日曜は17:00まで'],
    ['10:00', '17:00(金、土は19:00まで)', '10:00-17:00; 金、土は19:00まで'],
    ['18:30', '', '18:30-null'],
    ['午前10時～\n午後8時の間', '', 'null-null; 午前10時~ 午後8時の間'],
  ])('%s / %s', (opens, closes, expected) =>
    expect(said('8月23日', opens, closes)).toBe(`--08-23..--08-23 ${expected}`),
  );
});
