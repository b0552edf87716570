import { parseHours } from './hours';

/** `mon,tue 09:00-17:00 | holidays | closures | conditions` */
function said(days: string, opens: string, closes: string, ...notes: string[]): string {
  const schedule = parseHours({ days, opens, closes, notes });
  if (!schedule) return 'nothing';
  const { weekly, holidays, closures, conditions } = schedule;
  const onHolidays = Array.isArray(holidays)
    ? holidays.map((span) => `${span.opens}-${span.closes}`).join()
    : (holidays ?? '?');
  return [
    weekly.map((hours) => `${hours.days.join()} ${hours.opens}-${hours.closes}`).join('; '),
    onHolidays,
    closures.map(({ from, until }) => `${from}..${until}`).join(),
    conditions.join('; '),
  ].join(' | ');
}

describe('columns for days, beginning and end', () => {
  it.each<[cells: [days: string, opens: string, closes: string], expected: string]>([
    [['月火水木金', '8:30', '17:15'], 'mon,tue,wed,thu,fri 08:30-17:15 | ? |  | '],
    [['月〜金', '９：００', '１７：００'], 'mon,tue,wed,thu,fri 09:00-17:00 | ? |  | '],
    [['水曜日・土曜日', '10時', '15時30分'], 'wed,sat 10:00-15:30 | ? |  | '],
    [['土～月', '10:00', '12:00'], 'mon,sat,sun 10:00-12:00 | ? |  | '],
    [['土日祝', '10:00', '正午'], 'sat,sun 10:00-12:00 | as-usual |  | '],
    [['金', '18:00', '2:00'], 'fri 18:00-26:00 | ? |  | '],
    [['平日', '午前9時', '午後5時半'], 'mon,tue,wed,thu,fri 09:00-17:30 | ? |  | '],
    [['月', '9:00', '17:00(最終受付16:30)'], 'mon 09:00-17:00 | ? |  | 最終受付16:30'],
  ])('%s', (cells, expected) => expect(said(...cells)).toBe(expected));
});

describe('notes about holidays and the turn of the year', () => {
  it.each([
    ['祝日、12/28～1/4は終日利用不可', 'closed | --12-28..--01-04 | '],
    [
      '国民の祝日に関する法律に規定する休日及び年末年始（１２月２９日から翌年の１月３日まで）は休館。',
      'closed | --12-29..--01-03 | ',
    ],
    ['年中無休', 'as-usual |  | '],
    ['祝日は開館（10:00～16:00）', '10:00-16:00 |  | '],
    ['休館日：祝日、8月13日～15日', 'closed | --08-13..--08-15 | '],
    ['年末年始は休み', '? |  | 年末年始は休み'],
    ['月が休日の場合は翌日休館', '? |  | 月が休日の場合は翌日休館'],
    ['第3火曜日休', '? |  | 第3火曜日休'],
  ])('%s', (note, expected) => expect(said('月', '09:00', '17:00', note)).toBe(`mon 09:00-17:00 | ${expected}`));

  it('takes a day off, and keeps the exception it does not understand', () =>
    expect(said('月火', '09:00', '17:00', '月曜日（祝日の場合は翌平日）、12/29～1/3は休館日。')).toBe(
      'tue 09:00-17:00 | ? | --12-29..--01-03 | 月曜日(祝日の場合は翌平日)',
    ));
  it('keeps an exception whole', () =>
    expect(said('月火', '09:00', '17:00', '月曜日は休館、ただし、月曜日が祝日の場合は開館で、翌日が休館。')).toBe(
      'tue 09:00-17:00 | ? |  | ただし、月曜日が祝日の場合は開館で、翌日が休館',
    ));
});

describe('notes about other hours', () => {
  it.each([
    ['土曜日のみ9：30～14：30', 'mon 09:00-17:00; sat 09:30-14:30 | ? |  | '],
    ['土日祝は16：00まで', 'mon 09:00-17:00; sat 09:00-16:00 | 09:00-16:00 |  | '],
    ['利用可能時間は09:00～12:00、13:00～16:30', 'mon,sat 09:00-12:00; mon,sat 13:00-16:30 | ? |  | '],
    ['浴室は10:00～20:00', 'mon,sat 09:00-17:00 | ? |  | 浴室は10:00~20:00'],
    ['第2土は利用可', 'mon,sat 09:00-17:00 | ? |  | 第2土は利用可'],
    ['受付時間は9:00～16:30', 'mon,sat 09:00-17:00 | ? |  | 受付時間は9:00~16:30'],
  ])('%s', (note, expected) => expect(said('月土', '09:00', '17:00', note)).toBe(expected));
});

describe('prose alone', () => {
  it.each([
    ['月～金 9:00～17:00（祝日・年末年始を除く）', 'mon,tue,wed,thu,fri 09:00-17:00 | closed |  | 年末年始は休み'],
    ['平日 9:00-17:00 土曜 9:00-12:00', 'mon,tue,wed,thu,fri 09:00-17:00; sat 09:00-12:00 | ? |  | '],
    ['10:00～18:00　火曜定休', 'mon,wed,thu,fri,sat,sun 10:00-18:00 | ? |  | '],
    ['24時間対応', 'mon,tue,wed,thu,fri,sat,sun 00:00-24:00 | as-usual |  | '],
    ['9:00～17:00', ' | ? |  | 09:00~17:00'],
    ['第2・第4土曜日 10:00～12:00', ' | ? |  | 第2・第4土曜日 10:00~12:00'],
    ['要相談', ' | ? |  | 要相談'],
  ])('%s', (note, expected) => expect(said('', '', '', note)).toBe(expected));

  it('is kept as typed', () =>
    expect(parseHours({ notes: ['月～金　９時～１７時'] })?.text).toBe('月～金　９時～１７時'));
  it('is nothing when the cells are empty', () => expect(said('', '', '', '')).toBe('nothing'));
});
