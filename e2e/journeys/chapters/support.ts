import { eventually, ok } from '../api';
import { promised } from '../narrator';
import type { Stage } from '../stage';
import type { Handed } from './handoff';

const DAY_MS = 86_400_000;

/** A plan with an owner and a next contact, always; nobody drops out silently. */
export async function support({ cast, narrator }: Stage, { personId, referralId }: Handed): Promise<void> {
  narrator.chapter('4. Support, and keeping in touch');
  const { aoi, yui } = cast;

  const { items } = ok(await yui.get('referral/services?managedBy=hidamari-npo&kind=activity'), 'the directory').body;
  const [activity] = items;
  promised(activity !== undefined, 'Hidamari runs an activity', items);
  const goals = ['週に一度、だれかと話す'];
  const missing = await yui.post('follow-up/plans', { personId, referralId, goals });
  promised(
    missing.status === 400 && missing.body.field === 'nextContact',
    'a plan without a next contact is refused',
    missing,
  );
  const contact = (days: number, mode: string) => ({ on: dateIn(days), mode });
  const opening = {
    personId,
    referralId,
    goals,
    roles: ['折り紙を子どもたちに教える'],
    leansOn: [activity.id],
    nextContact: contact(2, 'phone'),
  };
  // That the referral was accepted travels to intake, which knows who is involved.
  const { body: plan } = await eventually(
    () => yui.post('follow-up/plans', opening),
    ({ status }) => status === 201,
    'a plan',
  );
  const path = `follow-up/plans/${plan.id}`;
  narrator.step(
    yui.name,
    `opens a plan that leans on “${activity.name}”`,
    'goals, what the person gives (teaching origami), an owner, a next contact; without one it was refused',
  );

  for (const days of [3, 4])
    ok(
      await yui.post(`${path}/attempts`, { mode: 'phone', result: 'no-answer', nextContact: contact(days, 'phone') }),
      'a missed call is recorded',
    );
  const missed = await task(plan.id, null);
  ok(
    await yui.post(`${path}/tasks/${missed}/settlement`, { nextContact: contact(1, 'visit') }),
    'another way is agreed',
  );
  ok(
    await yui.post(`${path}/attempts`, {
      mode: 'visit',
      result: 'reached',
      note: '玄関先でお話しできた。',
      nextContact: contact(14, 'venue'),
    }),
    'the visit',
  );
  narrator.step(yui.name, 'misses two calls, visits instead', 'after two misses the plan itself asked for another way');

  ok(
    await yui.post(`referral/services/${activity.id}/status`, {
      status: 'suspended',
      modes: ['phone'],
      reason: '会場の工事',
    }),
    'the venue suspends',
  );
  const stopped = await task(plan.id, activity.id);
  ok(await yui.post(`${path}/tasks/${stopped}/settlement`, { nextContact: contact(7, 'phone') }), 'a call instead');
  narrator.step(yui.name, 'the venue suspends', 'the plan got a task at once; a weekly call is agreed instead');

  ok(
    await yui.post(`${path}/reassessments`, {
      summary: '電話を楽しみにされている。',
      nextContact: contact(14, 'phone'),
    }),
    'a reassessment',
  );
  for (const step of ['start', 'completion']) {
    ok(
      await yui.post(
        `referral/referrals/${referralId}/${step}`,
        step === 'completion' ? { outcome: 'need-partly-met', note: '毎週の電話を続ける。' } : {},
      ),
      step,
    );
  }
  const outcome = ok(await aoi.get(`referral/referrals/${referralId}/outcome`), 'the sender learns the outcome').body;
  promised(
    outcome.outcome === 'need-partly-met' && typeof outcome.authorisationId === 'string',
    'under the return grant',
    outcome,
  );
  narrator.step(aoi.name, 'reads the outcome', `${outcome.outcome}, under the return grant`);

  async function task(planId: string, about: string | null): Promise<string> {
    const mine = (body: { tasks: { id: string; planId: string; about: string | null; kind: string }[] }) =>
      body.tasks.find((one) => one.planId === planId && one.about === about && one.kind === 'agree-another-way');
    const { body } = await eventually(
      () => yui.get('follow-up/tasks'),
      (answer) => answer.status === 200 && mine(answer.body) !== undefined,
      'the plan’s owner gets a task',
    );
    return mine(body)?.id ?? '';
  }
}

/** Date in Japan this many days from now. */
const dateIn = (days: number): string =>
  new Date(Date.now() + 9 * 3_600_000 + days * DAY_MS).toISOString().slice(0, 10);
