import { randomUUID } from 'node:crypto';
import { type EventStore, handle } from '@tsunagu/event-sourcing';
import { contextFromClock, EVENT_STORE, SEALER } from '@tsunagu/platform';
import type { Sealer } from '@tsunagu/sealing';
import { DeadlineClock } from '../deadlines/deadline.clock';
import type { ReferralCommand } from '../referral/domain/commands';
import { referral } from '../referral/domain/referral';
import { draftIt } from '../referral/domain/referral.fixtures';
import { consentWithdrawn, personErased } from '../stand-ins.fixtures';
import { CITY, expectContractual, NPO, openTown, type Town } from '../town.fixtures';
import { WatchedReferral } from './withdrawal.entity';
import { DataSource } from 'typeorm';

let town: Town;
beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.services.close());
afterEach(() => {
  town.neighbours.between = undefined;
});

const types = async (id: string) => (await town.log(id)).map(({ type }) => type);
const readIt = (id: string) => town.get('yui', `/referrals/${id}/disclosure`);

describe('a withdrawal ends a referral safely', () => {
  it('nothing is read any more, the recipient is asked and answers', async () => {
    const person = town.person();
    const { id, grantId } = await town.sent(person);
    await town.post('yui', `/referrals/${id}/acceptance`);
    town.neighbours.withdraw(grantId);
    expect(await readIt(id)).toMatchObject({ status: 403 });
    await town.tell(consentWithdrawn(person, [grantId]));
    expect((await town.get('aoi', `/referrals/${id}`)).body).toMatchObject({
      status: 'cancelled',
      reason: 'consent-withdrawn',
      reasonOwner: 'person',
      withdrawals: [{ agency: NPO, acknowledged: false }],
    });
    const waiting = await town.get('yui', '/referrals?due=true&limit=200');
    expect(waiting.body.referrals).toContainEqual(expect.objectContaining({ id, acknowledgeBy: expect.any(String) }));
    const path = `/referrals/${id}/withdrawal-acknowledgement`;
    expect(await town.post('yui', path, { disposition: 'retained' })).toMatchObject({ status: 400 });
    expect(await town.post('yui', path, { disposition: 'retained', legalBasis: 'statutory' })).toMatchObject({
      status: 200,
    });
    expect(await town.post('yui', path, { disposition: 'deleted' })).toMatchObject({
      status: 409,
      body: { code: 'nothing-to-acknowledge' },
    });
  });

  it('stays closed although consent is given again: what was withdrawn is not reopened', async () => {
    const person = town.person();
    const { id, grantId } = await town.sent(person);
    town.neighbours.withdraw(grantId);
    await town.tell(consentWithdrawn(person, [grantId]));
    town.neighbours.permit(person, NPO, 'referral', ['identity', 'needs']);
    expect(await readIt(id)).toMatchObject({ status: 403, body: { code: 'consent-withdrawn' } });
  });

  it('asks the recipient of a completed one too, and the sender who was told the outcome', async () => {
    const person = town.person();
    const { id, grantId } = await town.sent(person);
    await town.post('yui', `/referrals/${id}/acceptance`);
    await town.post('yui', `/referrals/${id}/completion`, { outcome: 'need-met' });
    const returnGrant = town.neighbours.permit(person, CITY, 'outcome-report', ['outcome']);
    expect(await town.get('aoi', `/referrals/${id}/outcome`)).toMatchObject({ status: 200 });
    await town.services.settle();
    await town.tell(consentWithdrawn(person, [grantId, returnGrant]));
    const { body } = await town.get('aoi', `/referrals/${id}`);
    expect(body.status).toBe('completed');
    expect(body.withdrawals.map((one: { agency: string }) => one.agency).sort()).toEqual([NPO, CITY]);
    expect(
      await town.post('aoi', `/referrals/${id}/withdrawal-acknowledgement`, { disposition: 'sealed' }),
    ).toMatchObject({ status: 200 });
  });

  it('leaves what rests on other grants, and drafts, which are decided when they are sent', async () => {
    const person = town.person();
    const { id, grantId } = await town.sent(person);
    const draft = await town.draft(person);
    await town.services.settle();
    await town.tell(consentWithdrawn(person, ['7a1d8a52-9f0e-4f4e-8d0a-1f2e3d4c5b6a']));
    expect((await town.get('aoi', `/referrals/${id}`)).body.status).toBe('requested');
    town.neighbours.withdraw(grantId);
    await town.tell(consentWithdrawn(person, [grantId]));
    expect((await town.get('aoi', `/referrals/${draft}`)).body.status).toBe('draft');
    expect(await town.post('aoi', `/referrals/${draft}/sending`)).toMatchObject({ status: 403 });
  });
});

describe('nothing slips between the decision and the record', () => {
  it('authorised before, recorded after the withdrawal was dealt with: ended all the same', async () => {
    const person = town.person();
    const id = await town.draft(person);
    const grantId = town.neighbours.permit(person, NPO, 'referral', ['identity', 'needs']);
    town.neighbours.between = async () => {
      town.neighbours.withdraw(grantId);
      await town.tell(consentWithdrawn(person, [grantId]));
    };
    expect(await town.post('aoi', `/referrals/${id}/sending`)).toMatchObject({ status: 200 });
    expect(await readIt(id)).toMatchObject({ status: 403 });
    await town.services.settle();
    expect(await types(id)).toEqual(['ReferralDrafted', 'ReferralSent', 'ReferralCancelled', 'WithdrawalNotified']);
    expect(await readIt(id)).toMatchObject({ status: 403, body: { code: 'consent-withdrawn' } });
  });

  it('an old answer of consent, brought back by a repeated command, is not used after the withdrawal', async () => {
    const person = town.person();
    const id = await town.draft(person);
    const grantId = town.neighbours.permit(person, NPO, 'referral', ['identity', 'needs']);
    await town.tell(consentWithdrawn(person, [grantId]));
    expect(await town.post('aoi', `/referrals/${id}/sending`)).toMatchObject({
      status: 403,
      body: { code: 'consent-withdrawn' },
    });
    expect(await types(id)).toEqual(['ReferralDrafted', 'ReferralWithheld']);
  });

  it('told twice, it happens once', async () => {
    const person = town.person();
    const { id, grantId } = await town.sent(person);
    await town.services.settle();
    const event = consentWithdrawn(person, [grantId]);
    await town.tell(event, event);
    await town.tell(consentWithdrawn(person, [grantId]));
    expect((await types(id)).slice(2)).toEqual(['ReferralCancelled', 'WithdrawalNotified']);
  });

  it('knows what every disclosure rests on from the bus, not from a worklist that may lag', async () => {
    const person = town.person();
    const { id, grantId } = await town.sent(person);
    await town.services.settle();
    const watched = town.app.get(DataSource).getRepository(WatchedReferral);
    expect(await watched.findOneBy({ referralId: id })).toMatchObject({ personId: person, grantIds: [grantId] });
  });
});

describe('an acknowledgement that does not come is called overdue', () => {
  it('once, and the clock ends nothing', async () => {
    const person = town.person();
    const live = await town.sent(town.person());
    const { id, grantId } = await town.sent(person);
    await town.services.settle();
    await town.tell(consentWithdrawn(person, [grantId]));
    const late = new Date(Date.now() + 30 * 86_400_000);
    await town.app.get(DeadlineClock).run(late);
    await town.services.settle();
    await town.app.get(DeadlineClock).run(late);
    await town.services.settle();
    expect((await types(id)).slice(2)).toEqual(['ReferralCancelled', 'WithdrawalNotified', 'AcknowledgementOverdue']);
    expect((await types(live.id)).slice(2)).toEqual(['ReferralDeadlinePassed']);
    expect((await town.get('aoi', `/referrals/${live.id}`)).body).toMatchObject({ status: 'requested', overdue: true });
  });
});

describe('a person who is erased', () => {
  it('leaves nothing live and nothing readable', async () => {
    const person = town.person();
    const { id } = await town.sent(person, { note: '夜は不安が強い' });
    const draft = await town.draft(person, { note: '夜は不安が強い' });
    const open = await town.draft(person, { toAgency: undefined, openCall: true });
    await town.post('aoi', `/referrals/${open}/sending`);
    await town.services.settle();
    await town.app.get<Sealer>(SEALER).erasePerson(person);
    expect(await readIt(id)).toMatchObject({ status: 403, body: { code: 'person-erased' } });
    await town.tell(personErased(person));
    for (const one of [id, draft, open]) {
      const { body } = await town.get('aoi', `/referrals/${one}`);
      expect(body).toMatchObject({ status: 'cancelled', reason: 'consent-withdrawn' });
      expect(body).not.toHaveProperty('note');
    }
    expect(await types(id)).toContain('WithdrawalNotified');
    expect(
      (await town.get('nagi', '/open-calls?limit=200')).body.openCalls.map((one: { id: string }) => one.id),
    ).not.toContain(open);
  });

  it('cannot be referred any more; keys that are already gone answer before the bus does', async () => {
    const person = town.person();
    const { id } = await town.sent(person);
    await town.app.get<Sealer>(SEALER).erasePerson(person);
    expect(await town.post('yui', `/referrals/${id}/information-requests`, { question: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'person-erased' },
    });
    await town.tell(personErased(person));
    const body = { personId: person, need: 'food', categories: ['needs'], toAgency: NPO };
    expect(await town.post('aoi', '/referrals', body)).toMatchObject({ status: 404 });
  });

  it('a draft that was recorded meanwhile ends as soon as it is heard of', async () => {
    const person = town.person();
    await town.tell(personErased(person));
    const id = randomUUID();
    const draft = { ...draftIt(), personId: person, threadId: id } as ReferralCommand;
    await handle(
      town.app.get<EventStore>(EVENT_STORE),
      referral,
      id,
      draft,
      contextFromClock('referral', new Date(), id),
    );
    await town.services.settle();
    expect(await types(id)).toEqual(['ReferralDrafted', 'ReferralCancelled']);
  });
});

it('all of it is told as the published language says', async () => {
  await town.services.settle();
  expectContractual(town.bus);
});
