import fc from 'fast-check';
import { isReading, readingForms, writtenForm } from './names';

const sameReading = (one: string, other: string): boolean => {
  const forms = readingForms(other);
  return readingForms(one).some((form) => forms.includes(form));
};

describe('one written name has one form', () => {
  it.each([
    ['髙橋 一郎', '高橋一郎'],
    ['齋藤　花', '斉藤 花'],
    ['齊藤花', '斎藤花'],
    ['渡邉 実', '渡邊實'],
    ['渡辺 実', '渡邉　実'],
    ['山﨑 学', '山崎學'],
    ['濵田 恵', '濱田惠'],
    ['𠮷田 茂', '吉田茂'],
    ['ｽｽﾞｷ ハナ', 'スズキハナ'],
    ['NGUYEN Van A', 'nguyen van a'],
    ['葛󠄀城 桜', '葛城 櫻'],
  ])('%s = %s', (one, other) => expect(writtenForm(one)).toBe(writtenForm(other)));

  it.each([
    ['高橋 一郎', '高橋 二郎'],
    ['浜田', '浜口'],
  ])('%s ≠ %s', (one, other) => expect(writtenForm(one)).not.toBe(writtenForm(other)));
});

describe('one reading has one form', () => {
  it.each([
    ['さとう ゆうこ', 'サトウ ユウコ'],
    ['ｻﾄｳ ﾕｳｺ', 'Sato Yuko'],
    ['サトー', 'さとう'],
    ['Satō Yūko', 'Satou Yuuko'],
    ['おおの', 'Ohno'],
    ['いとう', 'Itoh'],
    ['しんばし', 'Shimbashi'],
    ['ふじた つよし', 'Huzita Tuyosi'],
    ['ちば しょうじ', 'Tiba Syozi'],
    ['Yamada Taro', 'Taro Yamada'],
    ['YAMADA TARO', 'ヤマダ　タロウ'],
    ['けんいち', "Ken'ichi"],
    ['なんば', 'Namba'],
    ['はっとり', 'Hattori'],
  ])('%s = %s', (one, other) => expect(sameReading(one, other)).toBe(true));

  it.each([
    ['さとう', 'かとう'],
    ['おはら', 'おばら'],
    ['ゆき', 'ゆきこ'],
    ['しんいち', 'しんじ'],
  ])('%s ≠ %s', (one, other) => expect(sameReading(one, other)).toBe(false));

  it('kanji are no reading', () => {
    expect(isReading('山田 太郎')).toBe(false);
    expect(isReading('ヤマダ 太郎')).toBe(false);
    expect(isReading('やまだ タロウ')).toBe(true);
    expect(isReading('Yamada Taro')).toBe(true);
  });

  it('hiragana, katakana, half and full width and spaces make no difference', () => {
    const syllables =
      'あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわがぎぐげござじずぜぞだでどばびぶべぼぱぴぷぺぽ';
    const name = fc.array(fc.constantFrom(...syllables), { minLength: 1, maxLength: 8 }).map((kana) => kana.join(''));
    const katakana = (text: string): string =>
      [...text].map((kana) => String.fromCodePoint((kana.codePointAt(0) ?? 0) + 0x60)).join('');
    fc.assert(
      fc.property(name, name, (family, given) => {
        const plain = `${family} ${given}`;
        expect(sameReading(plain, katakana(family) + '　' + katakana(given))).toBe(true);
        expect(sameReading(plain, `${given}　${family}`)).toBe(true);
      }),
    );
  });
});
