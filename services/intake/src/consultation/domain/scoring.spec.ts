import { Instrument } from '@tsunagu/contracts';
import { Rejection } from '@tsunagu/event-sourcing';
import fc from 'fast-check';
import direct from './instruments/direct-loneliness-ja.json';
import fourOption from './instruments/ucla-3-item-four-option-ja.json';
import threeOption from './instruments/ucla-3-item-three-option.json';
import { defectsOf, score } from './scoring';

const rejectionOf = (attempt: () => unknown): Pick<Rejection, 'code' | 'field'> => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof Rejection) return { code: error.code, field: error.field };
    throw error;
  }
  throw new Error('not rejected');
};

describe('an instrument is data', () => {
  it.each([direct, fourOption, threeOption])('$id is complete: every score has one band', (data) => {
    expect(defectsOf(Instrument.parse(data))).toEqual([]);
  });

  it('one that nobody programmed is scored all the same', () => {
    const extra = Instrument.parse({
      id: 'two-questions',
      version: '0.1',
      title: { en: 'Two questions', ja: '二問' },
      source: 'this spec',
      options: [
        { code: 'no', value: 0, label: { en: 'No', ja: 'いいえ' } },
        { code: 'yes', value: 2, label: { en: 'Yes', ja: 'はい' } },
      ],
      items: [
        { code: 'a', text: { en: 'A?', ja: 'A？' } },
        {
          code: 'b',
          text: { en: 'B?', ja: 'B？' },
          options: [
            { code: 'yes', value: 0, label: { en: 'Yes', ja: 'はい' } },
            { code: 'no', value: 3, label: { en: 'No', ja: 'いいえ' } },
          ],
        },
      ],
      bands: [
        { code: 'low', from: 0, to: 2, label: { en: 'Low', ja: '低' } },
        { code: 'high', from: 3, to: 5, label: { en: 'High', ja: '高' } },
      ],
    });
    expect(defectsOf(extra)).toEqual([]);
    expect(score(extra, { a: 'yes', b: 'no' })).toEqual({ answers: { a: 'yes', b: 'no' }, score: 5, band: 'high' });
  });

  it('a gap or an overlap between bands is found', () => {
    const bands = [{ code: 'only', from: 3, to: 8, label: { en: 'Only', ja: '唯一' } }];
    expect(defectsOf(Instrument.parse({ ...threeOption, bands }))).toEqual(['score 9 is in no band, or in several']);
  });
});

describe('loneliness is scored as the sources say', () => {
  const three = Instrument.parse(threeOption);
  const four = Instrument.parse(fourOption);
  const answers = (companionship: string, leftOut: string, isolated: string) => ({
    companionship,
    'left-out': leftOut,
    isolated,
  });

  it.each([
    [answers('hardly-ever', 'hardly-ever', 'hardly-ever'), 3, 'not-lonely'],
    [answers('some-of-the-time', 'some-of-the-time', 'hardly-ever'), 5, 'not-lonely'],
    [answers('some-of-the-time', 'some-of-the-time', 'some-of-the-time'), 6, 'lonely'],
    [answers('often', 'often', 'often'), 9, 'lonely'],
  ])('three options %j: %i, %s', (given, points, band) =>
    expect(score(three, given)).toEqual({ answers: given, score: points, band }),
  );

  it.each([
    [answers('never', 'never', 'never'), 3, 'never'],
    [answers('hardly-ever', 'hardly-ever', 'hardly-ever'), 6, 'hardly-ever'],
    [answers('sometimes', 'sometimes', 'sometimes'), 9, 'sometimes'],
    [answers('always', 'sometimes', 'sometimes'), 10, 'always'],
    [answers('always', 'always', 'always'), 12, 'always'],
  ])('four options %j: %i, %s', (given, points, band) =>
    expect(score(four, given)).toEqual({ answers: given, score: points, band }),
  );

  it('the direct question has five answers', () =>
    expect(score(Instrument.parse(direct), { lonely: 'often-or-always' })).toMatchObject({
      score: 5,
      band: 'often-or-always',
    }));

  it.each([
    [{ companionship: 'often', isolated: 'often' }, 'answer-missing', 'answers.left-out'],
    [answers('often', 'always', 'often'), 'answer-out-of-range', 'answers.left-out'],
    [{ ...answers('often', 'often', 'often'), mood: 'often' }, 'item-unknown', 'answers.mood'],
    [answers('often', 'toString', 'often'), 'answer-out-of-range', 'answers.left-out'],
  ])('%j is refused with its field', (given, code, field) =>
    expect(rejectionOf(() => score(three, given))).toEqual({ code, field }),
  );

  it('answering worse never lowers the score', () => {
    const options = ['never', 'hardly-ever', 'sometimes', 'always'];
    const answer = fc.integer({ min: 0, max: 3 });
    fc.assert(
      fc.property(answer, answer, answer, (a, b, c) => {
        const of = (n: number): string => options[n] ?? 'always';
        const before = score(four, answers(of(a), of(b), of(c))).score;
        expect(score(four, answers(of(Math.min(a + 1, 3)), of(b), of(c))).score).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});
