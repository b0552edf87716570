import { type CloudEvent, followUpEvents, referralEvents } from '@tsunagu/contracts';
import { meaningOf } from './workflow';

const event = (type: string, data: object) => ({ type, data }) as unknown as CloudEvent;
const changed = (status: string) =>
  event(referralEvents.ServiceStatusChanged.type, { serviceId: 'cafe', status, modes: [] });

describe('when an activity changes, people who lean on it may lose touch', () => {
  it.each(['reduced', 'suspended', 'moved'])('%s disturbs', (status) =>
    expect(meaningOf(changed(status))).toEqual({ kind: 'service-disturbed', serviceId: 'cafe' }),
  );
  it('open is back to usual', () =>
    expect(meaningOf(changed('open'))).toEqual({ kind: 'service-back', serviceId: 'cafe' }));
  it('a plan that opens or is revised may lean on one already disturbed', () => {
    expect(meaningOf(event(followUpEvents.PlanOpened.type, { planId: 'p' }))).toEqual({
      kind: 'plan-leans',
      planId: 'p',
    });
    expect(meaningOf(event(followUpEvents.PlanRevised.type, { planId: 'p' }))).toEqual({
      kind: 'plan-leans',
      planId: 'p',
    });
  });
  it('a closed plan leans on nothing', () =>
    expect(meaningOf(event(followUpEvents.PlanClosed.type, { planId: 'p' }))).toEqual({
      kind: 'plan-ended',
      planId: 'p',
    }));
  it('nothing else matters here', () =>
    expect(meaningOf(event(followUpEvents.Reassessed.type, { planId: 'p' }))).toBeUndefined());
});
