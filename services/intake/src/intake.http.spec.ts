import { randomUUID } from 'node:crypto';
import { startServices, type TestServices } from '@tsunagu/testing';
import { intake } from './service';
import { OverdueClock } from './consultation/overdue.clock';

let services: TestServices;
beforeAll(async () => {
  services = await startServices([intake]);
}, 60_000);
afterAll(() => services.close());

const call: TestServices['call'] = (...args) => services.call(...args);
const at = (path: string, options: Parameters<TestServices['call']>[2] = {}) => call('intake', path, options);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const CANARY = 'カナリア・canary-7f3a';

const help = { channel: 'web', language: 'ja', message: `眠れません。${CANARY}` } as const;

async function anonymous(more: object = {}) {
  const { status, body } = await at('/consultations', { body: { ...help, ...more } });
  expect(status).toBe(201);
  return body as { id: string; personId: string; claimCode: string; revision: number; dueAt: string };
}

async function claimed(claimCode: string) {
  const { status, body } = await at('/claims', { body: { claimCode } });
  expect(status).toBe(200);
  return body as { token: string; personId: string; consultationIds: string[]; expiresAt: string };
}

async function taken(by: 'aoi' | 'mei' | 'yui' = 'aoi') {
  const opened = await anonymous();
  expect((await at(`/consultations/${opened.id}/take`, { as: by, method: 'POST' })).status).toBe(200);
  return opened;
}

describe('an anonymous person asks at night and comes back', () => {
  it('is answered, continues the talk, and never starts again', async () => {
    const opened = await anonymous();
    expect(opened.claimCode).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}$/);

    const read = `/consultations?queue=unrouted&minRevision=${opened.revision}&id=${opened.id}`;
    const queue = await at(read, { as: 'aoi' });
    expect(queue.body.consultations).toEqual([
      expect.objectContaining({ id: opened.id, agency: null, anonymous: true }),
    ]);
    expect(JSON.stringify(queue.body)).not.toContain(CANARY);
    expect((await at(`/consultations/${opened.id}`, { as: 'aoi' })).status).toBe(404);

    const take = await at(`/consultations/${opened.id}/take`, { as: 'aoi', method: 'POST' });
    expect(take.body).toMatchObject({ id: opened.id, agency: 'tsumugi-city-desk', status: 'open' });
    const content = await at(`/consultations/${opened.id}`, { as: 'aoi' });
    expect(content.body.messages).toEqual([expect.objectContaining({ by: 'person', text: help.message })]);
    const answer = await at(`/consultations/${opened.id}/messages`, { as: 'aoi', body: { message: '読みました。' } });
    expect(answer.body).toMatchObject({ dueAt: null });

    const { token, consultationIds, personId } = await claimed(opened.claimCode);
    expect({ consultationIds, personId }).toEqual({ consultationIds: [opened.id], personId: opened.personId });
    const mine = await at(`/consultations/${opened.id}`, { headers: bearer(token) });
    expect(mine.body.messages.map((one: { text: string }) => one.text)).toEqual([help.message, '読みました。']);
    const more = await at(`/consultations/${opened.id}/messages`, {
      headers: bearer(token),
      body: { message: 'ありがとう' },
    });
    expect(more.status).toBe(201);
    expect(more.body.dueAt).not.toBeNull();

    const second = await at('/consultations', { headers: bearer(token), body: { ...help, channel: 'chat' } });
    expect(second.body).toMatchObject({ personId });
    expect(second.body.claimCode).toBeUndefined();
    expect((await claimed(opened.claimCode)).consultationIds).toEqual([opened.id, second.body.id]);
  });

  it('keeps only the hour in which somebody without a name wrote', async () => {
    const opened = await anonymous();
    const { token } = await claimed(opened.claimCode);
    const { body } = await at(`/consultations/${opened.id}`, { headers: bearer(token) });
    expect(body.openedAt).toMatch(/:00:00\.000Z$/);
    expect(body.messages[0].at).toMatch(/:00:00\.000Z$/);
  });

  it('gets the same answer, code included, when the first was lost', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await at('/consultations', { body: help, headers });
    const again = await at('/consultations', { body: help, headers });
    expect(again.body).toEqual(first.body);
    const other = await at('/consultations', { body: { ...help, message: 'other' }, headers });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  });

  it('shows no code again under a key that others may guess', async () => {
    const headers = { 'idempotency-key': 'night-1' };
    const first = await at('/consultations', { body: help, headers });
    const again = await at('/consultations', { body: help, headers });
    expect(again.body.id).toBe(first.body.id);
    expect(again.body.claimCode).toBeUndefined();
  });

  it('is answered as a crisis within the hour when a life is in danger', async () => {
    const before = services.clock.now().getTime();
    const { dueAt } = await anonymous({ inDanger: true });
    expect(Date.parse(dueAt) - before).toBeLessThanOrEqual(3_600_000 + 60_000);
  });
});

describe('a claim code opens one record, for the one who has it', () => {
  it('however it was typed', async () => {
    const { claimCode, personId } = await anonymous();
    const typed = ` ${claimCode.toLowerCase().replaceAll('-', '　').replaceAll('0', 'o').replaceAll('1', 'l')} `;
    expect((await claimed(typed)).personId).toBe(personId);
  });

  it('answers every wrong code alike, and slows guessing down', async () => {
    const { claimCode } = await anonymous();
    const { claimCode: another } = await anonymous();
    const wrong = claimCode.slice(0, 12) + another.slice(12);
    const absent = await at(`/consultations/${randomUUID()}`, { as: 'aoi' });
    for (const code of [wrong, another.slice(0, 12) + claimCode.slice(12), 'nonsense', wrong.slice(1)]) {
      const refused = await at('/claims', { body: { claimCode: code } });
      expect({ status: refused.status, body: refused.body }).toEqual({ status: 404, body: absent.body });
    }
    for (let n = 0; n < 4; n += 1) await at('/claims', { body: { claimCode: wrong } });
    const paused = await at('/claims', { body: { claimCode } });
    expect(paused).toMatchObject({ status: 409, body: { code: 'too-many-attempts' } });
    services.clock.advance(61_000);
    expect((await claimed(claimCode)).personId).toBeDefined();
  });

  it('gives a token that the published key verifies, and that opens nothing of others', async () => {
    const { claimCode } = await anonymous();
    const stranger = await anonymous();
    const { token } = await claimed(claimCode);
    const { body } = await at('/.well-known/jwks.json');
    expect(body.keys).toHaveLength(1);
    expect(body.keys[0].d).toBeUndefined();
    for (const path of [`/consultations/${stranger.id}`, `/persons/${stranger.personId}`]) {
      expect((await at(path, { headers: bearer(token) })).status).toBe(404);
    }
  });
});

describe('no wrong door', () => {
  it('is handed over when the person agrees, and both agencies may read it', async () => {
    const { id } = await taken('aoi');
    const refused = await at(`/consultations/${id}/routing`, {
      as: 'aoi',
      body: { toAgency: 'hidamari-npo', personAgreed: false },
    });
    expect(refused).toMatchObject({ status: 409, body: { code: 'agreement-needed', field: 'personAgreed' } });
    const routed = await at(`/consultations/${id}/routing`, {
      as: 'aoi',
      body: { toAgency: 'hidamari-npo', personAgreed: true, note: 'お願いします' },
    });
    expect(routed.body).toMatchObject({ agency: 'hidamari-npo' });
    for (const worker of ['aoi', 'yui'] as const) {
      const { body } = await at(`/consultations/${id}`, { as: worker });
      expect(body.messages.map((one: { text: string }) => one.text)).toEqual([help.message, 'お願いします']);
    }
    expect(await at(`/consultations/${id}/messages`, { as: 'aoi', body: { message: 'x' } })).toMatchObject({
      status: 409,
      body: { code: 'not-with-your-agency' },
    });
  });

  it('records what came by phone, for somebody the agency knows already', async () => {
    const phone = { channel: 'phone', language: 'vi', interpreterNeeded: true, message: '電話', issueClaimCode: true };
    const first = await at('/consultations', {
      as: 'yui',
      body: { ...phone, occurredAt: '2026-01-05T10:00:00+09:00' },
    });
    expect(first.body).toMatchObject({ dueAt: null, claimCode: expect.any(String) });
    const { personId } = first.body as { personId: string };
    const again = await at('/consultations', { as: 'yui', body: { ...phone, personId } });
    expect(again.body.personId).toBe(personId);
    expect(again.body.claimCode).toBeUndefined();
    const foreign = await at('/consultations', { as: 'aoi', body: { ...phone, personId } });
    const unknown = await at('/consultations', { as: 'aoi', body: { ...phone, personId: randomUUID() } });
    expect(foreign.status).toBe(404);
    expect(foreign.body).toEqual(unknown.body);
  });

  it('tells once that nobody answered in time', async () => {
    const { id, dueAt } = await taken('mei');
    const clock = services.running.get('intake')?.app.get(OverdueClock, { strict: false });
    await services.settle();
    const late = new Date(Date.parse(dueAt) + 1);
    await clock?.run(late);
    await services.settle();
    await clock?.run(late);
    const { body } = await at(`/consultations?overdue=true&id=${id}`, { as: 'mei' });
    expect(body.consultations).toEqual([expect.objectContaining({ id, overdue: true })]);
    expect((await at(`/consultations/${id}`, { as: 'mei' })).body.revision).toBe(3);
  });
});

describe('screenings and needs', () => {
  const answers = { companionship: 'often', 'left-out': 'often', isolated: 'some-of-the-time' };

  it('are scored, sealed, and may be repeated', async () => {
    const { id } = await taken();
    const screening = { instrument: 'ucla-3-item-three-option', answers };
    const first = await at(`/consultations/${id}/screenings`, { as: 'aoi', body: screening });
    expect(first.body).toMatchObject({ score: 8, band: 'lonely', version: '1.0' });
    await at(`/consultations/${id}/screenings`, {
      as: 'aoi',
      body: { ...screening, version: '1.0', answers: { ...answers, isolated: 'hardly-ever' } },
    });
    const { body } = await at(`/consultations/${id}`, { as: 'ren' });
    expect(body.screenings.map((one: { result: { score: number } }) => one.result.score)).toEqual([8, 7]);
  });

  it('needs are coded and settled', async () => {
    const { id } = await taken();
    const need = await at(`/consultations/${id}/needs`, {
      as: 'aoi',
      body: { need: 'loneliness', urgency: 'soon', note: '夜が長い' },
    });
    expect(need.status).toBe(201);
    const settled = await at(`/consultations/${id}/needs/${need.body.needId}/settlement`, {
      as: 'aoi',
      body: { status: 'met' },
    });
    expect(settled.status).toBe(200);
    const { body } = await at(`/consultations/${id}`, { as: 'aoi' });
    expect(body.needs).toEqual([expect.objectContaining({ need: 'loneliness', status: 'met', note: '夜が長い' })]);
  });

  it.each([
    [{ instrument: 'phq-9', answers }, 'instrument-unknown', 'instrument'],
    [{ instrument: 'ucla-3-item-three-option', version: '9.9', answers }, 'instrument-version-unknown', 'version'],
    [
      { instrument: 'ucla-3-item-three-option', answers: { ...answers, isolated: 'always' } },
      'answer-out-of-range',
      'answers.isolated',
    ],
    [
      { instrument: 'ucla-3-item-three-option', answers: { isolated: 'often' } },
      'answer-missing',
      'answers.companionship',
    ],
    [
      { instrument: 'ucla-3-item-three-option', answers: { ...answers, mood: 'often' } },
      'item-unknown',
      'answers.mood',
    ],
  ])('%j is refused: %s', async (body, code, field) => {
    const { id } = await taken();
    const refused = await at(`/consultations/${id}/screenings`, { as: 'aoi', body });
    expect(refused).toMatchObject({ status: 409, body: { code, field } });
  });
});

describe('the anonymous become named, without losing anything', () => {
  const hanako = {
    name: '髙橋　花子',
    kana: 'タカハシ ハナコ',
    birthDate: '1950-04-02',
    phone: '+81 87-839-2011',
    area: '高松市',
  };

  it('told by themselves, seen by those they consult', async () => {
    const { id, personId, claimCode } = await taken('aoi');
    const { token } = await claimed(claimCode);
    const named = await at(`/persons/${personId}/identity`, { headers: bearer(token), body: hanako });
    expect(named.status).toBe(201);
    const seen = await at(`/persons/${personId}`, { as: 'aoi' });
    expect(seen.body).toMatchObject({ identity: hanako });
    expect((await at(`/consultations/${id}`, { as: 'aoi' })).body.messages).toHaveLength(1);
    const corrected = await at(`/persons/${personId}/identity`, {
      headers: bearer(token),
      method: 'PATCH',
      body: { phone: null, address: '番町1-8-15' },
    });
    expect(corrected.status).toBe(200);
    const { identity, corrections } = (await at(`/persons/${personId}`, { as: 'aoi' })).body;
    expect(identity).toMatchObject({ name: hanako.name, address: '番町1-8-15' });
    expect(identity.phone).toBeUndefined();
    expect(corrections).toBe(1);
  });

  it('likely duplicates are told within the agency only, linked, and unlinked honestly', async () => {
    const one = await taken('mei');
    const two = await taken('mei');
    const elsewhere = await taken('yui');
    const romaji = { name: '高橋花子', kana: 'Takahashi Hanako', birthDate: '1950-04-02' };
    await at(`/persons/${one.personId}/identity`, { as: 'mei', body: hanako });
    await at(`/persons/${elsewhere.personId}/identity`, { as: 'yui', body: hanako });
    await services.settle();
    const named = await at(`/persons/${two.personId}/identity`, { as: 'mei', body: romaji });
    expect(named.body).toMatchObject({ possibleDuplicates: 1 });

    const possible = await at(`/persons/${two.personId}/possible-duplicates`, { as: 'mei' });
    expect(possible.body.possibleDuplicates).toEqual([
      { personId: one.personId, because: ['name-and-birth-date'], linked: false },
    ]);
    const linked = await at(`/persons/${two.personId}/links`, { as: 'mei', body: { otherPersonId: one.personId } });
    expect(linked.status).toBe(201);
    await services.settle();
    const both = (await at(`/persons/${one.personId}`, { as: 'mei' })).body;
    expect(both.linked).toEqual([two.personId]);
    expect(both.consultations.map((row: { id: string }) => row.id).sort()).toEqual([one.id, two.id].sort());

    const removal = await at(`/persons/${one.personId}/links/${two.personId}/removal`, { as: 'mei', method: 'POST' });
    expect(removal.body.cannotUndo.map((item: { code: string }) => item.code)).toEqual([
      'already-read',
      'already-passed-on',
    ]);
    expect((await at(`/persons/${two.personId}`, { as: 'mei' })).body.linked).toEqual([]);
    const foreign = await at(`/persons/${two.personId}/links`, {
      as: 'mei',
      body: { otherPersonId: elsewhere.personId },
    });
    expect(foreign.status).toBe(404);
  });
});

describe('our own services', () => {
  it('learn at once who is involved, and get exactly what one authorisation names', async () => {
    const { id, personId } = await taken('aoi');
    await at(`/persons/${personId}/identity`, { as: 'aoi', body: { name: '森 一', phone: '087-839-2011' } });
    await at(`/consultations/${id}/needs`, { as: 'aoi', body: { need: 'food', urgency: 'urgent' } });
    const consent = { service: 'consent' } as const;
    expect((await at(`/persons/${personId}/agencies/tsumugi-city-desk`, { as: consent })).status).toBe(204);
    expect((await at(`/persons/${personId}/agencies/hidamari-npo`, { as: consent })).status).toBe(404);
    expect((await at(`/persons/${personId}/agencies/tsumugi-city-desk`, { as: 'aoi' })).status).toBe(404);

    const ask = { agencyId: 'tsumugi-city-desk', categories: ['identity', 'needs'], authorisationId: randomUUID() };
    const referral = { service: 'referral' } as const;
    const { body } = await at(`/persons/${personId}/disclosures`, { as: referral, body: ask });
    expect(Object.keys(body.fields).sort()).toEqual(['identity', 'needs']);
    expect(body.fields.identity).toEqual({ name: '森 一' });
    expect(body.fields.needs).toEqual([expect.objectContaining({ need: 'food' })]);
    const notHeld = await at(`/persons/${personId}/disclosures`, {
      as: referral,
      body: { ...ask, agencyId: 'hidamari-npo' },
    });
    expect(notHeld.status).toBe(404);
    expect((await at(`/persons/${personId}/disclosures`, { as: 'aoi', body: ask })).status).toBe(404);
  });
});

describe('erasure', () => {
  it('leaves ids and codes, and nothing that anybody can read', async () => {
    const { id, personId, claimCode } = await taken('aoi');
    const { token } = await claimed(claimCode);
    await at(`/persons/${personId}/identity`, { as: 'aoi', body: { name: '消える人', birthDate: '1980-01-01' } });
    await services.settle();
    expect((await at(`/persons/${personId}/erasure`, { as: 'aoi', method: 'POST' })).status).toBe(404);
    expect((await at(`/persons/${personId}/erasure`, { as: 'kaito', method: 'POST' })).status).toBe(404);
    const erased = await at(`/persons/${personId}/erasure`, { headers: bearer(token), method: 'POST' });
    expect(erased).toMatchObject({ status: 200, body: { keysDestroyed: expect.any(Number) } });
    expect(erased.body.keysDestroyed).toBeGreaterThanOrEqual(3);
    const again = await at(`/persons/${personId}/erasure`, { as: 'minato', method: 'POST' });
    expect(again.body).toMatchObject({ erasureId: erased.body.erasureId });
    await services.settle();

    const { body } = await at(`/consultations/${id}`, { as: 'aoi' });
    expect(body).toMatchObject({ status: 'erased', messages: [{ text: null }] });
    expect((await at(`/persons/${personId}`, { as: 'aoi' })).body).toMatchObject({ status: 'erased', identity: null });
    expect((await at('/claims', { body: { claimCode } })).status).toBe(404);
    const late = await at(`/consultations/${id}/messages`, { as: 'aoi', body: { message: 'x' } });
    expect(late).toMatchObject({ status: 409, body: { code: 'person-erased' } });
  });
});
