import { randomUUID } from 'node:crypto';
import { compareRebuilt } from '@tsunagu/read-models';
import { EVENT_STORE } from '@tsunagu/platform';
import { DataSource } from 'typeorm';
import { referralRows } from '../referral-rows/referral-rows.evolve';
import { CITY, CLINIC, expectContractual, held, NPO, openTown, type Town } from '../town.fixtures';

let town: Town;
beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.services.close());

const told = (id: string) =>
  town.bus
    .filter(({ subject, source }) => subject === id && source === '/tsunagu/referral')
    .map(({ type }) => type.split('.')[2]);
const types = async (id: string) => (await town.log(id)).map(({ type }) => type);

describe('a referral goes its whole way', () => {
  it('from a refused draft to an outcome', async () => {
    const person = town.person();
    const id = await town.draft(person);
    const step = (as: 'aoi' | 'yui', name: string, body?: object) => town.post(as, `/referrals/${id}/${name}`, body);

    expect(await step('aoi', 'sending')).toMatchObject({ status: 403, body: { code: 'no-consent', referralId: id } });
    town.neighbours.permit(person, NPO, 'referral', ['identity', 'needs', 'consultation-content']);
    expect(await step('aoi', 'sending')).toMatchObject({ status: 200, body: { status: 'requested' } });
    expect(await step('yui', 'information-requests', { question: 'いつ電話しますか' })).toMatchObject({
      body: { status: 'information-requested' },
    });
    expect((await town.get('aoi', `/referrals/${id}`)).body).toMatchObject({ question: 'いつ電話しますか' });
    expect(
      await step('aoi', 'information', { answer: '平日の午後です', categories: ['consultation-content'] }),
    ).toMatchObject({ status: 200, body: { status: 'requested' } });
    expect(await step('yui', 'acceptance')).toMatchObject({ body: { status: 'accepted' } });
    expect(await step('yui', 'start')).toMatchObject({ body: { status: 'in-progress' } });
    expect(await step('yui', 'hold', { reason: 'waiting-list', reasonOwner: 'agency' })).toMatchObject({ status: 200 });
    expect(await step('yui', 'resumption')).toMatchObject({ status: 200 });
    expect(await step('yui', 'completion', { outcome: 'need-met', note: '週に一度集まりに来ています' })).toMatchObject({
      status: 200,
      body: { status: 'completed' },
    });
    await town.services.settle();
    expect(told(id)).toEqual([
      'referral-drafted',
      'referral-withheld',
      'referral-sent',
      'information-requested',
      'record-viewed',
      'information-provided',
      'referral-accepted',
      'referral-started',
      'referral-held',
      'referral-resumed',
      'referral-completed',
    ]);
    const counted = town.bus.filter(({ type }) => type.includes('outcome-counted')).map(({ data }) => data);
    expect(counted).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ need: 'isolation', outcome: 'withheld' }),
        expect.objectContaining({ need: 'isolation', outcome: 'need-met' }),
      ]),
    );
  });

  it('the wrong step answers 409 and changes nothing', async () => {
    const { id } = await town.sent(town.person());
    const before = await types(id);
    expect(await town.post('yui', `/referrals/${id}/start`)).toMatchObject({
      status: 409,
      body: { code: 'status-does-not-allow' },
    });
    expect(await town.post('aoi', `/referrals/${id}/acceptance`)).toMatchObject({
      status: 409,
      body: { code: 'not-your-step' },
    });
    expect(await types(id)).toEqual(before);
  });
});

describe('the receiver sees exactly what was authorised', () => {
  it('the categories of the referral and no others, whatever else is on file', async () => {
    const { id } = await town.sent(town.person(), { note: '夜は不安が強い' });
    const { status, body } = await town.get('yui', `/referrals/${id}/disclosure`);
    expect(status).toBe(200);
    expect(body.fields).toEqual({ identity: held.identity, needs: held.needs });
    expect(body.notes).toEqual([]);
  });

  it('the sender’s note only as what was said', async () => {
    const { id } = await town.sent(town.person(), {
      categories: ['needs', 'consultation-content'],
      note: '夜は不安が強い',
    });
    const { body } = await town.get('yui', `/referrals/${id}/disclosure`);
    expect(body.fields).toEqual({ needs: held.needs, 'consultation-content': held['consultation-content'] });
    expect(body.notes).toEqual(['夜は不安が強い']);
  });

  it('what was on file at sending, not what was added later', async () => {
    const { id } = await town.sent(town.person());
    town.neighbours.fields['needs'] = ['added later'];
    const { body } = await town.get('yui', `/referrals/${id}/disclosure`);
    town.neighbours.fields['needs'] = held.needs;
    expect(body.fields.needs).toEqual(held.needs);
  });

  it('each read is decided anew and logged, also with an Idempotency-Key sent again', async () => {
    const { id, grantId } = await town.sent(town.person());
    const key = randomUUID();
    const first = await town.get('yui', `/referrals/${id}/disclosure`, key);
    const second = await town.get('yui', `/referrals/${id}/disclosure`, key);
    expect(second.body.authorisationId).not.toBe(first.body.authorisationId);
    town.neighbours.withdraw(grantId);
    expect(await town.get('yui', `/referrals/${id}/disclosure`, key)).toMatchObject({
      status: 403,
      body: { code: 'no-consent', explanation: expect.anything() },
    });
    await town.services.settle();
    const views = town.bus.filter(({ subject, type }) => subject === id && type.includes('record-viewed'));
    expect(views.map(({ data }) => data)).toEqual([
      expect.objectContaining({ outcome: 'shown', authorisationId: first.body.authorisationId }),
      expect.objectContaining({ outcome: 'shown', authorisationId: second.body.authorisationId }),
      expect.objectContaining({ outcome: 'refused', reason: 'no-consent', categories: ['identity', 'needs'] }),
    ]);
  });

  it('nothing more once it has declined', async () => {
    const { id } = await town.sent(town.person());
    await town.post('yui', `/referrals/${id}/rejection`, { reason: 'no-capacity', reasonOwner: 'agency' });
    expect(await town.get('yui', `/referrals/${id}/disclosure`)).toMatchObject({
      status: 403,
      body: { code: 'referral-over' },
    });
  });

  it('neither need nor words in its own view of the referral', async () => {
    const { id } = await town.sent(town.person(), { note: '夜は不安が強い' });
    const { body } = await town.get('yui', `/referrals/${id}`);
    expect(body).not.toHaveProperty('need');
    expect(body).not.toHaveProperty('note');
    expect((await town.get('aoi', `/referrals/${id}`)).body).toMatchObject({
      need: 'isolation',
      note: '夜は不安が強い',
    });
  });
});

describe('a command sent twice happens once', () => {
  it('sending authorises once and answers the same', async () => {
    const person = town.person();
    const id = await town.draft(person);
    town.neighbours.permit(person, NPO, 'referral', ['identity', 'needs']);
    const asked = town.neighbours.asked.length;
    const key = randomUUID();
    const first = await town.post('aoi', `/referrals/${id}/sending`, undefined, key);
    const again = await town.post('aoi', `/referrals/${id}/sending`, undefined, key);
    expect(again).toMatchObject({ status: first.status, body: first.body });
    expect(town.neighbours.asked.length).toBe(asked + 1);
    expect(await types(id)).toEqual(['ReferralDrafted', 'ReferralSent']);
  });

  it('a refusal is answered the same too', async () => {
    const id = await town.draft(town.person());
    const key = randomUUID();
    const first = await town.post('aoi', `/referrals/${id}/sending`, undefined, key);
    const again = await town.post('aoi', `/referrals/${id}/sending`, undefined, key);
    expect(first.status).toBe(403);
    expect(again).toMatchObject({ status: 403, body: first.body });
  });

  it('drafting makes one draft; the key does not serve for another', async () => {
    const body = { personId: town.person(), need: 'food', categories: ['needs'], toAgency: NPO };
    const key = randomUUID();
    const first = await town.post('aoi', '/referrals', body, key);
    expect((await town.post('aoi', '/referrals', body, key)).body).toEqual(first.body);
    expect(await town.post('aoi', '/referrals', { ...body, need: 'debt' }, key)).toMatchObject({ status: 422 });
  });

  it('an illegal step asks consent nothing', async () => {
    const { id } = await town.sent(town.person());
    const asked = town.neighbours.asked.length;
    expect(await town.post('aoi', `/referrals/${id}/sending`)).toMatchObject({ status: 409 });
    expect(town.neighbours.asked.length).toBe(asked);
  });
});

describe('a neighbour that is out of service denies', () => {
  afterEach(() => {
    town.neighbours.out = undefined;
  });
  it.each(['consent', 'intake'] as const)('%s out: 503, nothing sent; later the same command succeeds', async (out) => {
    const person = town.person();
    const id = await town.draft(person);
    town.neighbours.permit(person, NPO, 'referral', ['identity', 'needs']);
    town.neighbours.out = out;
    const key = randomUUID();
    expect(await town.post('aoi', `/referrals/${id}/sending`, undefined, key)).toMatchObject({
      status: 503,
      body: { code: `${out}-unavailable` },
    });
    expect(await types(id)).toEqual(['ReferralDrafted']);
    town.neighbours.out = undefined;
    expect(await town.post('aoi', `/referrals/${id}/sending`, undefined, key)).toMatchObject({ status: 200 });
  });
  it('consent out: nothing already given is shown either', async () => {
    const { id } = await town.sent(town.person());
    town.neighbours.out = 'consent';
    expect(await town.get('yui', `/referrals/${id}/disclosure`)).toMatchObject({ status: 503 });
  });
});

describe('absent and foreign referrals look the same', () => {
  const gets = ['', '/disclosure', '/outcome'];
  const posts: readonly [string, object?][] = [
    ['sending'],
    ['claim'],
    ['information-requests', { question: 'x' }],
    ['information', { answer: 'x' }],
    ['acceptance'],
    ['rejection', { reason: 'other', reasonOwner: 'agency' }],
    ['start'],
    ['hold', { reason: 'other', reasonOwner: 'agency' }],
    ['resumption'],
    ['completion', { outcome: 'need-met' }],
    ['failure', { reason: 'other', reasonOwner: 'agency' }],
    ['cancellation', { reason: 'other', reasonOwner: 'agency' }],
    ['error'],
    ['rerouting', { toAgency: CLINIC }],
    ['withdrawal-acknowledgement', { disposition: 'deleted' }],
  ];

  it('to a third agency, to the receiver of a draft, and to roles without a part in it', async () => {
    const { id } = await town.sent(town.person());
    const draft = await town.draft(town.person());
    const absent = await town.get('aoi', `/referrals/${randomUUID()}`);
    expect(absent.status).toBe(404);
    const foreign = [
      ['nagi', id],
      ['yui', draft],
      ['shiori', id],
      ['akira', id],
      ['aoi', 'no-uuid'],
    ] as const;
    for (const [as, of] of foreign) {
      for (const path of gets) {
        expect(await town.get(as, `/referrals/${of}${path}`)).toMatchObject({ status: 404, body: absent.body });
      }
      for (const [path, body] of posts) {
        expect(await town.post(as, `/referrals/${of}/${path}`, body)).toMatchObject({ status: 404, body: absent.body });
      }
    }
    expect((await town.get('nagi', '/referrals')).body.referrals).toEqual([]);
  });

  it('nor can an agency that has nothing to do with a person refer them', async () => {
    const body = { personId: town.person(), need: 'food', categories: ['needs'], toAgency: NPO };
    expect(await town.post('nagi', '/referrals', body)).toMatchObject({ status: 404 });
    expect(await town.post('aoi', '/referrals', { ...body, personId: randomUUID() })).toMatchObject({ status: 404 });
  });

  it('what the contract does not know answers 400 with the field', async () => {
    const body = { personId: town.person(), need: 'food', categories: ['needs'], toAgency: NPO };
    const wrong: readonly [object, string][] = [
      [{ ...body, need: 'gold' }, 'need'],
      [{ ...body, categories: [] }, 'categories'],
      [{ ...body, categories: ['needs', 'needs'] }, 'categories'],
      [{ ...body, openCall: true }, 'toAgency'],
      [{ ...body, personId: 'hanako' }, 'personId'],
      [{ ...body, extra: 1 }, 'extra'],
    ];
    for (const [sent, field] of wrong) {
      expect(await town.post('aoi', '/referrals', sent)).toMatchObject({ status: 400, body: { field } });
    }
  });
});

describe('an open call', () => {
  const post = async (person: string) => {
    const id = await town.draft(person, { toAgency: undefined, openCall: true });
    expect(await town.post('aoi', `/referrals/${id}/sending`)).toMatchObject({ status: 200 });
    await town.services.settle();
    return id;
  };

  it('tells other agencies nothing about the person', async () => {
    const person = town.person();
    const id = await post(person);
    const { body } = await town.get('nagi', '/open-calls');
    const call = body.openCalls.find((one: { id: string }) => one.id === id);
    expect(Object.keys(call).sort()).toEqual(['deadline', 'fromAgency', 'id', 'sentAt', 'serviceId']);
    expect(await town.get('nagi', `/referrals/${id}`)).toMatchObject({ status: 404 });
    expect(await town.get('nagi', `/referrals/${id}/disclosure`)).toMatchObject({ status: 404 });
  });

  it('goes to one claimer only, under an authorisation for that claimer', async () => {
    const person = town.person();
    const id = await post(person);
    town.neighbours.permit(person, NPO, 'referral', ['identity', 'needs']);
    expect(await town.post('nagi', `/referrals/${id}/claim`)).toMatchObject({
      status: 403,
      body: { code: 'no-consent' },
    });
    town.neighbours.permit(person, CLINIC, 'referral', ['identity', 'needs']);
    const claims = await Promise.all((['yui', 'nagi'] as const).map((as) => town.post(as, `/referrals/${id}/claim`)));
    expect(claims.map(({ status }) => status).sort()).toEqual([200, 409]);
    const winner = claims[0]?.status === 200 ? 'yui' : 'nagi';
    const loser = winner === 'yui' ? 'nagi' : 'yui';
    expect(await town.get(winner, `/referrals/${id}/disclosure`)).toMatchObject({ status: 200 });
    expect(await town.get(loser, `/referrals/${id}/disclosure`)).toMatchObject({ status: 404 });
    expect(await town.post(loser, `/referrals/${id}/claim`)).toMatchObject({ body: { code: 'open-call-claimed' } });
    expect((await types(id)).filter((type) => type === 'ReferralClaimed')).toHaveLength(1);
  });
});

describe('a referral sent elsewhere', () => {
  it('needs an authorisation of its own, keeps its thread and closes the old door', async () => {
    const person = town.person();
    const { id } = await town.sent(person, { note: '夜は不安が強い' });
    const key = randomUUID();
    const rerouted = await town.post('aoi', `/referrals/${id}/rerouting`, { toAgency: CLINIC }, key);
    expect(rerouted).toMatchObject({ status: 200, body: { status: 'cancelled', nextReferralId: expect.any(String) } });
    const next = rerouted.body.nextReferralId;
    expect((await town.post('aoi', `/referrals/${id}/rerouting`, { toAgency: CLINIC }, key)).body).toEqual(
      rerouted.body,
    );
    expect((await town.get('aoi', `/referrals/${next}`)).body).toMatchObject({
      status: 'draft',
      toAgency: CLINIC,
      threadId: rerouted.body.threadId,
      previousReferralId: id,
      note: '夜は不安が強い',
    });
    expect(await town.post('aoi', `/referrals/${next}/sending`)).toMatchObject({ status: 403 });
    expect(await town.get('nagi', `/referrals/${next}`)).toMatchObject({ status: 404 });
    town.neighbours.permit(person, CLINIC, 'referral', ['identity', 'needs']);
    expect(await town.post('aoi', `/referrals/${next}/sending`)).toMatchObject({ status: 200 });
    expect(await town.get('nagi', `/referrals/${next}/disclosure`)).toMatchObject({ status: 200 });
    expect(await town.get('yui', `/referrals/${id}/disclosure`)).toMatchObject({ status: 403 });
    expect((await town.get('yui', `/referrals/${id}`)).body.nextReferralId).toBeNull();
  });
});

describe('the outcome goes back under the return grant', () => {
  it('not without it; with it, once on the record', async () => {
    const person = town.person();
    const { id } = await town.sent(person);
    expect(await town.get('aoi', `/referrals/${id}/outcome`)).toMatchObject({ status: 409 });
    await town.post('yui', `/referrals/${id}/acceptance`);
    await town.post('yui', `/referrals/${id}/completion`, { outcome: 'need-partly-met', note: '月に二度来ています' });
    expect(await town.get('aoi', `/referrals/${id}/outcome`)).toMatchObject({
      status: 403,
      body: { code: 'no-consent' },
    });
    expect(await town.get('yui', `/referrals/${id}/outcome`)).toMatchObject({ status: 404 });
    town.neighbours.permit(person, CITY, 'outcome-report', ['outcome']);
    for (let read = 0; read < 2; read += 1) {
      expect(await town.get('aoi', `/referrals/${id}/outcome`)).toMatchObject({
        status: 200,
        body: { outcome: 'need-partly-met', note: '月に二度来ています' },
      });
    }
    expect((await types(id)).filter((type) => type === 'OutcomeReported')).toHaveLength(1);
  });
});

describe('worklists', () => {
  it('find what is mine, received, sent and due', async () => {
    const { id } = await town.sent(town.person());
    const draft = await town.draft(town.person());
    await town.post('yui', `/referrals/${id}/acceptance`);
    await town.services.settle();
    const ids = async (as: 'aoi' | 'ren' | 'yui' | 'kaito', query: string) =>
      (await town.get(as, `/referrals?limit=200&${query}`)).body.referrals.map((one: { id: string }) => one.id);
    expect(await ids('yui', 'box=in&mine=true')).toContain(id);
    expect(await ids('kaito', 'mine=true')).not.toContain(id);
    expect(await ids('kaito', 'box=in')).toContain(id);
    expect(await ids('yui', 'box=in')).not.toContain(draft);
    expect(await ids('ren', 'box=out')).toEqual(expect.arrayContaining([id, draft]));
    expect(await ids('ren', 'status=draft')).toContain(draft);
    expect(await ids('yui', 'due=true')).not.toContain(id);
    const row = (await town.get('yui', `/referrals?limit=200`)).body.referrals[0];
    expect(row).not.toHaveProperty('need');
  });

  it('come in pages that neither skip nor repeat', async () => {
    const all: string[] = (await town.get('aoi', '/referrals?limit=200')).body.referrals.map(
      (one: { id: string }) => one.id,
    );
    const paged: string[] = [];
    for (let next = ''; ;) {
      const { body } = await town.get('aoi', `/referrals?limit=7${next}`);
      paged.push(...body.referrals.map((one: { id: string }) => one.id));
      if (body.next === null) break;
      next = `&before=${encodeURIComponent(body.next)}`;
    }
    expect(paged).toEqual(all);
  });
});

describe('what is kept and told', () => {
  it('is as the published language says, and holds no words', async () => {
    await town.services.settle();
    expectContractual(town.bus);
    expect(JSON.stringify(town.bus)).not.toMatch(/カナリア|不安が強い|いつ電話|平日の午後|月に二度/);
    const store = town.app.get(EVENT_STORE);
    const log = await store.readAll({ limit: 10_000 });
    expect(JSON.stringify(log)).not.toMatch(/カナリア|不安が強い|いつ電話|平日の午後|月に二度/);
  });

  it('the rebuilt worklist equals the live one', async () => {
    const source = { store: town.app.get(EVENT_STORE), dataSource: town.app.get(DataSource) };
    expect(await compareRebuilt(source, referralRows)).toEqual([]);
  });
});
