import { consent } from '@tsunagu/consent';
import { intake } from '@tsunagu/intake';
import { referral } from '@tsunagu/referral';
import { type Answer, type Caller, startServices, type TestServices } from '@tsunagu/testing';

const NPO = 'hidamari-npo';
const SHARED = ['identity', 'needs'];
const NAME = '見本 花子';

let services: TestServices;
let noticeVersion: number;

beforeAll(async () => {
  services = await startServices([intake, consent, referral]);
  const texts = [{ language: 'ja', title: '情報の共有について', body: 'お話の一部をほかの機関に伝えます。' }];
  const notice = await services.call('consent', '/notices', { as: 'minato', body: { noticeId: 'sharing', texts } });
  noticeVersion = expectOk(notice).body.version;
});
afterAll(() => services.close());

const expectOk = (answer: Answer): Answer => {
  if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
};
const post = (service: 'intake' | 'consent' | 'referral', path: string, as: Caller, body?: object) =>
  services.call(service, path, { as, method: 'POST', ...(body ? { body } : {}) });

/** Somebody with a name and a need, at the city desk. */
async function arrive(): Promise<string> {
  const talk = { channel: 'phone', language: 'ja', message: '話し相手がほしい' };
  const { id, personId } = expectOk(await post('intake', '/consultations', 'aoi', talk)).body;
  expectOk(await post('intake', `/persons/${personId}/identity`, 'aoi', { name: NAME }));
  expectOk(await post('intake', `/consultations/${id}/needs`, 'aoi', { need: 'isolation', urgency: 'soon' }));
  await services.settle();
  return personId;
}

async function grant(personId: string): Promise<string> {
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const terms = { effect: 'permit', purposes: ['referral'], categories: SHARED, recipients: [{ agency: NPO }], until };
  const given = { ...terms, actions: ['disclose', 'read'], form: 'digital' };
  const notice = { id: 'sharing', version: noticeVersion, language: 'ja' };
  const answer = await post('consent', `/persons/${personId}/grants`, { person: personId }, { ...given, notice });
  return expectOk(answer).body.grantId;
}

async function draft(personId: string): Promise<string> {
  const body = { personId, need: 'isolation', categories: SHARED, toAgency: NPO };
  return expectOk(await post('referral', '/referrals', 'aoi', body)).body.id;
}

const withdraw = (personId: string) =>
  post('consent', `/persons/${personId}/withdrawals`, { person: personId }, { grantIds: 'all' });
const read = (id: string) => services.call('referral', `/referrals/${id}/disclosure`, { as: 'yui' });
const status = async (id: string) => (await services.call('referral', `/referrals/${id}`, { as: 'aoi' })).body.status;

describe('referral, consent and intake together', () => {
  it('pass on exactly what was granted, from refusal to withdrawal', async () => {
    const personId = await arrive();
    const id = await draft(personId);
    expect(await post('referral', `/referrals/${id}/sending`, 'aoi')).toMatchObject({
      status: 403,
      body: { code: 'no-consent' },
    });
    await grant(personId);
    expectOk(await post('referral', `/referrals/${id}/sending`, 'aoi'));
    const { body } = expectOk(await read(id));
    expect(Object.keys(body.fields).sort()).toEqual(SHARED);
    expect(JSON.stringify(body.fields.identity)).toContain(NAME);
    expectOk(await withdraw(personId));
    expect(await read(id)).toMatchObject({ status: 403 });
    await services.settle();
    expect(await status(id)).toBe('cancelled');
    const path = `/referrals/${id}/withdrawal-acknowledgement`;
    expect(await post('referral', path, 'yui', { disposition: 'deleted' })).toMatchObject({ status: 200 });
  });

  it('let no read begin and succeed after the withdrawal was acknowledged, however many are under way', async () => {
    const personId = await arrive();
    const id = await draft(personId);
    await grant(personId);
    expectOk(await post('referral', `/referrals/${id}/sending`, 'aoi'));
    let acknowledgedAt = Infinity;
    const reads: { begun: number; status: number }[] = [];
    const reader = async () => {
      for (let after = 0; after < 5; after += acknowledgedAt < Infinity ? 1 : 0) {
        const begun = performance.now();
        reads.push({ begun, status: (await read(id)).status });
      }
    };
    const readers = Promise.all(Array.from({ length: 6 }, reader));
    while (!reads.some((one) => one.status === 200)) await read(id);
    expectOk(await withdraw(personId));
    acknowledgedAt = performance.now();
    await readers;
    expect(reads.some((one) => one.status === 200)).toBe(true);
    const late = reads.filter(({ begun }) => begun > acknowledgedAt);
    expect(late.length).toBeGreaterThanOrEqual(24);
    expect(late.filter((one) => one.status !== 403)).toEqual([]);
  });

  it('end every referral whose sending raced with the withdrawal, or never sent it', async () => {
    const personId = await arrive();
    const ids = await Promise.all(Array.from({ length: 8 }, () => draft(personId)));
    await grant(personId);
    const sendings = ids.map((id) => post('referral', `/referrals/${id}/sending`, 'aoi'));
    const [withdrawn, ...sent] = await Promise.all([withdraw(personId), ...sendings]);
    expectOk(withdrawn);
    expect(sent.every(({ status }) => status === 200 || status === 403)).toBe(true);
    for (const id of ids) expect((await read(id)).status).not.toBe(200);
    await services.settle();
    for (const [n, id] of ids.entries()) expect(await status(id)).toBe(sent[n]?.status === 200 ? 'cancelled' : 'draft');
  });

  it('leave nothing readable of a person who is erased', async () => {
    const personId = await arrive();
    const id = await draft(personId);
    await grant(personId);
    expectOk(await post('referral', `/referrals/${id}/sending`, 'aoi'));
    expectOk(await read(id));
    expectOk(await post('intake', `/persons/${personId}/erasure`, { person: personId }));
    await services.settle();
    expect(await read(id)).toMatchObject({ status: 403 });
    expect(await status(id)).toBe('cancelled');
    const again = { personId, need: 'food', categories: SHARED, toAgency: NPO };
    expect(await post('referral', '/referrals', 'aoi', again)).toMatchObject({ status: 404 });
  });
});
