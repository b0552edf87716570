import { type CloudEvent, referralEvents } from '@tsunagu/contracts';
import { disturbedService, tasksFor } from './workflow';

const changed = (status: string) =>
  ({
    type: referralEvents.ServiceStatusChanged.type,
    data: { serviceId: 'cafe', status, modes: [] },
  }) as unknown as CloudEvent;

describe('when an activity changes, every plan that leans on it gets a task', () => {
  it.each(['reduced', 'suspended', 'moved'])('%s disturbs', (status) =>
    expect(disturbedService(changed(status))).toBe('cafe'),
  );
  it('open does not', () => expect(disturbedService(changed('open'))).toBeUndefined());
  it('nor does any other event', () =>
    expect(disturbedService({ ...changed('suspended'), type: 'tsunagu.referral.service-listed.v1' })).toBeUndefined());
  it('one task a plan', () =>
    expect(
      tasksFor('cafe', [{ planId: 'a' }, { planId: 'b' }]).map(({ planId, command }) => [
        planId,
        command.task,
        command.about,
      ]),
    ).toEqual([
      ['a', 'agree-another-way', 'cafe'],
      ['b', 'agree-another-way', 'cafe'],
    ]));
});
