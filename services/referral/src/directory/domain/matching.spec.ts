import { type Candidate, type Criteria, judge, rank, sameArea } from './matching';

const salon: Candidate = {
  id: 'a',
  name: 'おしゃべりサロン',
  needs: ['loneliness'],
  areas: ['つむぎ市'],
  languages: ['ja', 'pt-BR'],
  modes: ['venue'],
  status: 'open',
  capacity: { total: 10, available: 3 },
  schedule: null,
};
const wanted: Criteria = { need: 'loneliness', area: 'つむぎ市みどり町', language: 'pt', modes: ['phone'] };
const ids = (candidates: readonly Candidate[], criteria = wanted) =>
  rank(candidates, criteria).matches.map(({ candidate }) => candidate.id);

describe('a match says why', () => {
  it('and which criteria it does not meet', () =>
    expect(judge(salon, wanted).reasons.map(({ criterion, met, detail }) => `${criterion} ${met} ${detail}`)).toEqual([
      'need yes helps-with',
      'status yes open',
      'capacity yes free-places',
      'area yes serves',
      'language yes speaks',
      'mode no other-modes',
    ]));
});

describe('what cannot help is no match', () => {
  it.each([
    ['suspended', { status: 'suspended' }],
    ['full', { capacity: { total: 10, available: 0 } }],
    ['elsewhere', { areas: ['となり市'] }],
    ['for other needs', { needs: ['debt'] }],
  ] as const)('%s', (_, change) => {
    const { matches, setAside } = rank([{ ...salon, ...change }], wanted);
    expect([matches.length, setAside.length]).toEqual([0, 1]);
  });
});

describe('the better match comes first', () => {
  const b: Candidate = { ...salon, id: 'b', modes: ['phone'] };
  const c: Candidate = { ...salon, id: 'c', status: 'reduced' };
  const d: Candidate = { ...salon, id: 'd', languages: [] };
  it('in whatever order they came', () => {
    expect(ids([salon, b, c, d])).toEqual(['b', 'a', 'c', 'd']);
    expect(ids([d, c, b, salon])).toEqual(['b', 'a', 'c', 'd']);
  });
  it('and equals by name and id', () => expect(ids([{ ...salon, id: 'z' }, salon])).toEqual(['a', 'z']));
});

describe('areas', () => {
  it('meet when one covers the other', () => expect(sameArea('高松市', '高松市 国分寺町')).toBe(true));
  it('do not meet otherwise', () => expect(sameArea('高松市', '松山市')).toBe(false));
});
