import { specFor } from '@tsunagu/testing';
import { emergency, type UseEmergencyPrivilege } from './emergency';
import type { EmergencyEvent } from './events';

const given = specFor(emergency);

const use: UseEmergencyPrivilege = {
  type: 'UseEmergencyPrivilege',
  now: '2026-11-22T12:00:00Z',
  accessId: 'access-1',
  personId: 'person-1',
  agency: 'aoba-clinic',
  user: 'nagi',
  supervisor: 'itsuki',
  categories: ['needs'],
  hours: 4,
};
const used: EmergencyEvent = {
  type: 'EmergencyPrivilegeUsed',
  data: { accessId: 'access-1', personId: 'person-1', agency: 'aoba-clinic', reviewBy: '2026-11-25T12:00:00.000Z' },
};
const review = { type: 'ReviewEmergencyUse', accessId: 'access-1', reviewer: 'itsuki', justified: true } as const;
const reviewed: EmergencyEvent = {
  type: 'EmergencyUseReviewed',
  data: { accessId: 'access-1', reviewer: 'itsuki', justified: true },
};
const usedAgain = (at: string): UseEmergencyPrivilege => ({ ...use, now: at, accessId: 'access-2' });

describe('an overdue review suspends the privilege', () => {
  it('not before 72 hours have passed', () =>
    given(used)
      .when(usedAgain('2026-11-25T11:59:59.999Z'))
      .then({
        type: 'EmergencyPrivilegeUsed',
        data: { ...used.data, accessId: 'access-2', reviewBy: '2026-11-28T11:59:59.999Z' },
      }));
  it('from then on', () =>
    given(used).when(usedAgain('2026-11-25T12:00:00Z')).thenRejected('emergency-privilege-suspended'));
  it('until somebody reviews it, late as it is', () => {
    given(used).when(review).then(reviewed);
    given(used, reviewed)
      .when(usedAgain('2026-11-26T12:00:00Z'))
      .then({
        type: 'EmergencyPrivilegeUsed',
        data: { ...used.data, accessId: 'access-2', reviewBy: '2026-11-29T12:00:00.000Z' },
      });
  });
  it('a review is recorded once', () => given(used, reviewed).when(review).thenNothing());
});

describe('a use that breaks the limits is never a use', () => {
  it('too long', () =>
    given()
      .when({ ...use, hours: 5 })
      .thenRejected('emergency-too-long'));
});
