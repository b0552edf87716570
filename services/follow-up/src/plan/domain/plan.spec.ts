import { specFor } from '@tsunagu/testing';
import fc from 'fast-check';
import type { PlanEvent } from './events';
import { plan, type PlanCommand } from './plan';
import { evolve } from './state';

const given = specFor(plan);
const now = '2026-11-20T10:00:00+09:00';
const goal = { id: 'g1', text: { sealed: 'goal' } };
const role = { id: 'r1', text: { sealed: 'role' } };
const about = { personId: 'p1', agency: 'hidamari-npo' };
const contact = (on: string, mode: 'phone' | 'visit' | 'letter' = 'phone') => ({ on, mode });

const opened: PlanEvent = {
  type: 'PlanOpened',
  data: {
    ...about,
    owner: 'yui',
    referralId: null,
    goals: [goal],
    roles: [role],
    nextContact: contact('2026-11-24'),
    leansOn: ['cafe'],
  },
};
const open: PlanCommand = { kind: 'open', now, ...opened.data };
const attempt = (result: 'reached' | 'no-answer', taskId = 't1'): PlanCommand => ({
  kind: 'record-attempt',
  now,
  mode: 'phone',
  result,
  note: null,
  nextContact: contact('2026-11-25'),
  taskId,
});
const attempted = (result: 'reached' | 'no-answer'): PlanEvent => ({
  type: 'ContactAttempted',
  data: { ...about, mode: 'phone', result, note: null, nextContact: contact('2026-11-25') },
});
const anotherWay: PlanEvent = {
  type: 'TaskRaised',
  data: { ...about, taskId: 't1', kind: 'agree-another-way', about: null, dueOn: '2026-11-26' },
};

describe('an open plan always has an owner and a next contact', () => {
  it('opens with both', () => given().when(open).then(opened));
  it('is not opened twice', () => given(opened).when(open).thenRejected('plan-already-open'));
  it('needs a goal', () =>
    given()
      .when({ ...open, goals: [] })
      .thenRejected('goals-missing'));
  it('refuses a next contact in the past', () =>
    given()
      .when({ ...open, nextContact: contact('2026-11-19') })
      .thenRejected('next-contact-in-the-past'));
  it('refuses one too far away to keep in touch', () =>
    given(opened)
      .when({ kind: 'agree-contact', now, nextContact: contact('2027-05-20') })
      .thenRejected('next-contact-too-far'));
  it('is not changed once closed', () =>
    given(opened, { type: 'PlanClosed', data: { ...about, outcome: 'goals-met', note: null } })
      .when(attempt('reached'))
      .thenRejected('plan-not-open'));
});

describe('nobody drops out silently', () => {
  it('keeps trying after one miss', () => given(opened).when(attempt('no-answer')).then(attempted('no-answer')));
  it('asks for another way after two misses in a row', () =>
    given(opened, attempted('no-answer')).when(attempt('no-answer')).then(attempted('no-answer'), anotherWay));
  it('starts counting again once the person was reached', () =>
    given(opened, attempted('no-answer'), attempted('reached'))
      .when(attempt('no-answer'))
      .then(attempted('no-answer')));
  it('asks once', () =>
    given(opened, attempted('no-answer'), anotherWay).when(attempt('no-answer')).then(attempted('no-answer')));
  it('settles that task only by agreeing another way', () =>
    given(opened, anotherWay)
      .when({ kind: 'settle-task', now, taskId: 't1', note: null, nextContact: null })
      .thenRejected('another-way-missing'));
  it('takes the other way as the next contact', () =>
    given(opened, anotherWay)
      .when({ kind: 'settle-task', now, taskId: 't1', note: null, nextContact: contact('2026-11-27', 'letter') })
      .then(
        { type: 'ContactAgreed', data: { ...about, nextContact: contact('2026-11-27', 'letter') } },
        { type: 'TaskSettled', data: { ...about, taskId: 't1', note: null } },
      ));
});

describe('an overdue contact escalates on business days', () => {
  const at = (instant: string): PlanCommand => ({ kind: 'escalate', now: instant });
  const overdue = (level: number, escalatedTo: 'owner' | 'supervisor' | 'agency-admin'): PlanEvent => ({
    type: 'ContactOverdue',
    data: { ...about, due: '2026-11-24', level, escalatedTo },
  });
  it('not on the day itself', () => given(opened).when(at('2026-11-24T23:00:00+09:00')).thenNothing());
  it('to the owner after one', () => given(opened).when(at('2026-11-25T09:00:00+09:00')).then(overdue(1, 'owner')));
  it('not again at the same level', () =>
    given(opened, overdue(1, 'owner')).when(at('2026-11-25T10:00:00+09:00')).thenNothing());
  it('to the supervisor after three', () =>
    given(opened, overdue(1, 'owner')).when(at('2026-11-27T09:00:00+09:00')).then(overdue(2, 'supervisor')));
  it('catches up when the clock was out', () =>
    given(opened)
      .when(at('2026-12-01T09:00:00+09:00'))
      .then(overdue(1, 'owner'), overdue(2, 'supervisor'), overdue(3, 'agency-admin')));
  it('starts over with the next contact', () =>
    given(opened, overdue(1, 'owner'), attempted('reached')).when(at('2026-11-25T10:00:00+09:00')).thenNothing());
});

describe('a transfer is a warm handoff', () => {
  const handover = { authorisationId: 'a1', goals: [goal], roles: [role] };
  const proposed: PlanEvent = { type: 'TransferProposed', data: { ...about, toAgency: 'aoba-clinic' } };
  const receiver: PlanCommand = { kind: 'confirm-transfer', now, by: 'receiver', owner: 'nagi', handover };
  const person: PlanCommand = { kind: 'confirm-transfer', now, by: 'person', handover };
  const byReceiver: PlanEvent = { type: 'TransferConfirmed', data: { ...about, by: 'receiver', owner: 'nagi' } };
  const byPerson: PlanEvent = { type: 'TransferConfirmed', data: { ...about, by: 'person' } };
  const transferred: PlanEvent = {
    type: 'PlanTransferred',
    data: { ...about, toAgency: 'aoba-clinic', owner: 'nagi', ...handover },
  };

  it('does not move on one word alone', () => given(opened, proposed).when(receiver).then(byReceiver));
  it('moves when both have confirmed, whoever was first', () => {
    given(opened, proposed, byReceiver).when(person).then(byPerson, transferred);
    given(opened, proposed, byPerson).when(receiver).then(byReceiver, transferred);
  });
  it('does not move without an authorisation for the receiver', () =>
    given(opened, proposed, byReceiver)
      .when({ ...person, handover: null })
      .thenRejected('handover-missing'));
  it('can be called off', () =>
    given(opened, proposed).when({ kind: 'call-off-transfer', now }).then({ type: 'TransferCalledOff', data: about }));
  it('needs a proposal', () => given(opened).when(receiver).thenRejected('no-transfer-proposed'));
  it('goes to another agency', () =>
    given(opened).when({ kind: 'propose-transfer', now, toAgency: 'hidamari-npo' }).thenRejected('transfer-to-itself'));
});

describe('whatever commands come, in whatever order', () => {
  const command = fc.constantFrom<PlanCommand>(
    open,
    attempt('reached'),
    attempt('no-answer', 't2'),
    { kind: 'escalate', now: '2026-12-10T10:00:00+09:00' },
    { kind: 'raise-task', now, taskId: 't9', task: 'agree-another-way', about: 'cafe' },
    { kind: 'settle-task', now, taskId: 't9', note: null, nextContact: contact('2026-12-01', 'visit') },
    { kind: 'change-owner', now, owner: 'kaito' },
    { kind: 'propose-transfer', now, toAgency: 'aoba-clinic' },
    { kind: 'confirm-transfer', now, by: 'person', handover: { authorisationId: 'a1', goals: [goal], roles: [] } },
    {
      kind: 'confirm-transfer',
      now,
      by: 'receiver',
      owner: 'nagi',
      handover: { authorisationId: 'a1', goals: [goal], roles: [] },
    },
    { kind: 'reassess', now, summary: { sealed: 's' }, nextContact: contact('2026-12-02') },
    { kind: 'close', now, outcome: 'goals-met', note: null },
  );

  it('an open plan has an owner, a goal and a next contact, and replay gives the same plan', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 25 }), (commands) => {
        const history: PlanEvent[] = [];
        let state = plan.initial;
        for (const next of commands) {
          try {
            const events = plan.decide(next, state);
            history.push(...events);
            state = events.reduce(evolve, state);
          } catch (error) {
            expect(error).toHaveProperty('code');
          }
          if (state.status !== 'open') continue;
          expect(state.owner).not.toBe('');
          expect(state.goals.length).toBeGreaterThan(0);
          expect(state.nextContact.on).toMatch(/^\d{4}-\d{2}-\d{2}$/);
        }
        expect(history.reduce(evolve, plan.initial)).toEqual(state);
      }),
    );
  });
});
