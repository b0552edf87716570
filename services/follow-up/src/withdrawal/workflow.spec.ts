import { type CloudEvent, intakeEvents, referralEvents } from '@tsunagu/contracts';
import { reactionTo } from './workflow';

const event = (type: string, data: object) => ({ type, data }) as unknown as CloudEvent;
const review = {
  plans: { referralId: 'r1' },
  reaction: { kind: 'raise-task', task: 'consent-withdrawn', about: 'r1' },
};

describe('what rests on a withdrawn consent is reviewed', () => {
  it('when the recipient is told', () =>
    expect(reactionTo(event(referralEvents.WithdrawalNotified.type, { referralId: 'r1' }))).toEqual(review));
  it('when the referral is cancelled for it', () =>
    expect(
      reactionTo(event(referralEvents.ReferralCancelled.type, { referralId: 'r1', reason: 'consent-withdrawn' })),
    ).toEqual(review));
  it('not when it is cancelled for another reason', () =>
    expect(
      reactionTo(event(referralEvents.ReferralCancelled.type, { referralId: 'r1', reason: 'other' })),
    ).toBeUndefined());
});

describe('an erased person has no open plans', () => {
  it('closes them', () =>
    expect(reactionTo(event(intakeEvents.PersonErased.type, { personId: 'p1' }))).toEqual({
      plans: { personId: 'p1' },
      reaction: { kind: 'close', outcome: 'person-ended', note: null },
    }));
  it('leaves everybody else’s', () =>
    expect(reactionTo(event(intakeEvents.PersonIdentified.type, { personId: 'p1' }))).toBeUndefined());
});
