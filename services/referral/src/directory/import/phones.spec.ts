import { parsePhones } from './phones';

const numbers = (typed: string) =>
  parsePhones(typed).phones.map(({ number, kind, extension, note }) =>
    [number, kind, extension, note].filter(Boolean).join(' '),
  );

describe('phones as people type them', () => {
  it.each([
    ['099-000-0001', ['099-000-0001 voice']],
    ['０９９－０００－０００１', ['099-000-0001 voice']],
    ['099ー000ー0001', ['099-000-0001 voice']],
    ['(099)000-0001', ['099-000-0001 voice']],
    ['099（000）0001', ['099-000-0001 voice']],
    ['0990000001', ['0990000001 voice']],
    ['099-000-0001、099-000-0002', ['099-000-0001 voice', '099-000-0002 voice']],
    ['099-000-0001\n(099-000-0002)', ['099-000-0001 voice', '099-000-0002 voice']],
    ['099-000-0001（代表）', ['099-000-0001 voice 代表']],
    ['TEL：099-000-0001／FAX：099-000-0002', ['099-000-0001 voice', '099-000-0002 fax']],
    ['電話・FAX 099-000-0003', ['099-000-0003 voice 電話・FAX']],
    ['099-000-0001（内線 234）', ['099-000-0001 voice 234']],
    ['099-000-0001 内線12、13', ['099-000-0001 voice 12、13']],
    ['"+44 1234 000000"', ['+44 1234 000000 voice']],
    ['#7119', ['#7119 voice']],
    ['189', ['189 voice']],
    ['099-000-0001、099-000-0001', ['099-000-0001 voice']],
  ])('%s', (typed, expected) => {
    expect(numbers(typed)).toEqual(expected);
    expect(parsePhones(typed).rest).toBeNull();
  });

  it.each([
    ['要問い合わせ', '要問い合わせ'],
    ['099-000-0001・0002', '・0002'],
    ['2026-08-23', '2026-08-23'],
  ])('keeps what is no phone: %s', (typed, rest) => expect(parsePhones(typed).rest).toBe(rest));
});
