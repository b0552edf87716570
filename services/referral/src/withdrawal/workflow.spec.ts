import { endings } from './workflow';

const watched = [
  { referralId: 'r1', grantIds: ['g1', 'g2'] },
  { referralId: 'r2', grantIds: ['g2'] },
  { referralId: 'draft', grantIds: [] },
];

describe('a withdrawal ends what rests on it', () => {
  it('every referral with one of its grants, naming just those', () =>
    expect(endings(['g1'], watched)).toEqual([{ referralId: 'r1', grants: ['g1'] }]));
  it('several referrals of one grant', () =>
    expect(endings(['g2'], watched).map(({ referralId }) => referralId)).toEqual(['r1', 'r2']));
  it('nothing of other grants', () => expect(endings(['g3'], watched)).toEqual([]));
  it('drafts too when the person is erased', () =>
    expect(endings('all', watched)).toEqual(watched.map(({ referralId }) => ({ referralId, grants: 'all' }))));
});
