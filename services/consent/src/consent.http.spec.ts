import { Controller, Get, HttpCode, Module, Param } from '@nestjs/common';
import { consentEvents, intakeEvents } from '@tsunagu/contracts';
import type { EventBus } from '@tsunagu/event-bus';
import type { EventStore } from '@tsunagu/event-sourcing';
import { AllowService, EVENT_BUS, EVENT_STORE, NotFound, SEALER, type ServiceDefinition } from '@tsunagu/platform';
import { compareRebuilt } from '@tsunagu/read-models';
import type { Sealer } from '@tsunagu/sealing';
import { type Answer, type Caller, startServices, type TestServices } from '@tsunagu/testing';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { consent } from './service';

/** Intake as consent knows it: the city desk has to do with everybody, nobody else with anybody. */
@Controller('persons/:id/agencies/:agencyId')
class Involvement {
  @Get()
  @HttpCode(204)
  @AllowService('consent')
  involved(@Param('agencyId') agency: string): void {
    if (agency !== 'tsumugi-city-desk') throw new NotFound();
  }
}
@Module({ controllers: [Involvement] })
class InvolvementModule {}
const intake: ServiceDefinition = { name: 'intake', title: '', description: '', modules: [InvolvementModule] };

let services: TestServices;
const person = randomUUID();
const soon = () => new Date(services.clock.now().getTime() + 30 * 86_400_000).toISOString();
const grantOf = (difference: object = {}) => ({
  effect: 'permit',
  purposes: ['referral'],
  categories: ['needs', 'consultation-content'],
  recipients: [{ agency: 'hidamari-npo' }],
  actions: ['disclose', 'read'],
  until: soon(),
  form: 'written',
  notice: { id: 'sharing', version: 1, language: 'ja' },
  ...difference,
});
const asked = (personId: string, difference: object = {}) => ({
  personId,
  recipient: { agency: 'hidamari-npo', user: 'yui', role: 'caseworker' },
  purpose: 'referral',
  categories: ['needs'],
  action: 'disclose',
  legalBasis: 'consent',
  ...difference,
});
const authorisation = (personId: string, difference: object = {}) => ({
  ...asked(personId, difference),
  subject: 'referral',
  subjectId: 'r1',
  discloserAgency: 'tsumugi-city-desk',
});
const call: TestServices['call'] extends (service: never, ...rest: infer Rest) => unknown
  ? (...rest: Rest) => Promise<Answer>
  : never = (...rest) => services.call('consent', ...rest);
const authorise = (personId: string, difference: object = {}, headers: Record<string, string> = {}) =>
  call('/authorisations', { as: { service: 'referral' }, body: authorisation(personId, difference), headers });
function part<Part>(token: symbol | typeof DataSource): Part {
  const running = services.running.get('consent');
  if (!running) throw new Error('consent is not running');
  return running.app.get<Part>(token);
}
const store = (): EventStore => part<EventStore>(EVENT_STORE);

beforeAll(async () => {
  services = await startServices([intake, consent]);
  const texts = [
    { language: 'ja', title: '情報共有のお知らせ', body: 'つなぎ先に伝える内容は、あなたが選べます。' },
    { language: 'ja-Hira', title: 'じょうほうの おしらせ', body: 'つたえる ことは あなたが えらべます。' },
    { language: 'en', title: 'Sharing', body: 'You choose what the other agency is told.' },
  ];
  const published = await call('/notices', { as: 'minato', body: { noticeId: 'sharing', texts } });
  expect(published).toMatchObject({ status: 201, body: { id: 'sharing', revision: 0, version: 1 } });
});
afterAll(() => services.close());

describe('notices', () => {
  it('are read in a language, by version', async () => {
    const read = await call('/notices/sharing?version=1&language=en&minRevision=0', { as: { person } });
    expect(read.body).toMatchObject({ id: 'sharing', version: 1, texts: [{ language: 'en', title: 'Sharing' }] });
    expect((await call('/notices/sharing?language=vi', { as: 'aoi' })).status).toBe(404);
    expect((await call('/notices', { as: 'aoi' })).body.notices).toMatchObject([{ id: 'sharing', version: 1 }]);
  });
});

describe('a grant permits from its 201 on, a withdrawal ends it from its 201 on', () => {
  it('for the person and for an involved agency; each sees what it may', async () => {
    const granted = await call(`/persons/${person}/grants`, { as: 'aoi', body: grantOf() });
    expect(granted).toMatchObject({ status: 201, body: { revision: 0, effect: 'permit' } });
    const permitted = await authorise(person);
    expect(permitted).toMatchObject({
      status: 200,
      body: {
        outcome: 'permitted',
        code: 'permitted',
        grantIds: [granted.body.id],
        consentRevision: 0,
        policyVersion: '2026-11',
        obligations: ['use-for-this-purpose-only', 'no-onward-disclosure', 'keep-provision-record'],
        explanation: { matched: [{ grantId: granted.body.id, effect: 'permit' }], unmatched: [], missing: [] },
      },
    });
    const withdrawn = await call(`/persons/${person}/withdrawals`, { as: { person }, body: { grantIds: 'all' } });
    expect(withdrawn).toMatchObject({ status: 201, body: { withdrawn: [granted.body.id] } });
    expect((await authorise(person)).body).toMatchObject({ outcome: 'refused', code: 'consent-withdrawn' });
    const again = await call(`/persons/${person}/withdrawals`, { as: { person }, body: { grantIds: 'all' } });
    expect(again).toMatchObject({ status: 201, body: { withdrawn: [] } });
    const seen = await call(`/persons/${person}/grants?minRevision=${again.body.revision}`, { as: { person } });
    expect(seen.body.grants).toMatchObject([{ grantId: granted.body.id, withdrawnAt: expect.any(String) }]);
    const decisions = await call(`/persons/${person}/authorisations?minRevision=${again.body.revision}`, {
      as: { person },
    });
    expect(decisions.body.authorisations).toMatchObject([{ outcome: 'refused' }, { outcome: 'permitted' }]);
  });

  it('digitally by the person, whose refusal beats it', async () => {
    const id = randomUUID();
    const digital = { form: 'digital' };
    await call(`/persons/${id}/grants`, { as: { person: id }, body: grantOf(digital) });
    expect((await authorise(id)).body.outcome).toBe('permitted');
    const refusal = grantOf({ ...digital, effect: 'deny', categories: ['needs'], notice: undefined, until: undefined });
    const denied = await call(`/persons/${id}/grants`, { as: { person: id }, body: refusal });
    expect(denied).toMatchObject({ status: 201, body: { effect: 'deny', until: '9999-12-31T23:59:59.000Z' } });
    expect((await authorise(id)).body).toMatchObject({ outcome: 'refused', code: 'explicitly-denied' });
    expect((await authorise(id, { categories: ['consultation-content'] })).body.outcome).toBe('permitted');
    await call(`/persons/${id}/withdrawals`, { as: { person: id }, body: { grantIds: [denied.body.id] } });
    expect((await authorise(id)).body.outcome).toBe('permitted');
  });

  it('verbally before a witness who is not the recorder, under a name that is sealed', async () => {
    const id = randomUUID();
    const verbal = (witness: object) => ({ as: 'aoi', body: grantOf({ form: 'verbal', witness }) }) as const;
    const path = `/persons/${id}/grants`;
    expect((await call(path, verbal({ worker: 'aoi' }))).body).toMatchObject({
      status: 409,
      code: 'witness-is-recorder',
    });
    expect((await call(path, verbal({ name: 'Aoi' }))).body).toMatchObject({
      status: 409,
      code: 'witness-is-recorder',
    });
    expect((await call(path, verbal({ name: '山田 花子' }))).status).toBe(201);
    const stored = JSON.stringify(await store().readStream(`consent-${id}`));
    expect(stored).toContain('sealed');
    expect(stored).not.toContain('山田');
  });

  it('under a notice that was published in that language', async () => {
    const notice = { id: 'sharing', version: 1, language: 'vi' };
    const answer = await call(`/persons/${person}/grants`, { as: 'aoi', body: grantOf({ notice }) });
    expect(answer.body).toMatchObject({ status: 409, code: 'notice-not-published', field: 'notice' });
  });
});

describe('nobody else', () => {
  const paths = ['grants', 'authorisations'];
  it.each(paths)('reads %s: absent and forbidden alike', async (path) => {
    for (const as of ['yui', 'akira', { person: randomUUID() }, { service: 'referral' }] as const) {
      expect((await call(`/persons/${person}/${path}`, { as })).status).toBe(404);
    }
    expect((await call(`/persons/not-an-id/${path}`, { as: 'aoi' })).status).toBe(404);
    expect((await call(`/persons/${person}/${path}`)).status).toBe(401);
  });

  it('grants: no administrator, no uninvolved agency, no other person', async () => {
    for (const as of ['minato', 'yui', 'shiori', { person: randomUUID() }] as const) {
      expect((await call(`/persons/${person}/grants`, { as, body: grantOf() })).status).toBe(404);
    }
  });

  it('authorises but our own services', async () => {
    for (const as of ['aoi', 'shiori', { person }, { service: 'analytics' }] as const) {
      expect((await call('/authorisations', { as, body: authorisation(person) })).status).toBe(404);
    }
  });

  it('sends an override flag: it is refused, not read', async () => {
    const answer = await authorise(person, { override: true });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect((await authorise(person, { purpose: undefined })).status).toBe(400);
    expect((await authorise(person, { categories: ['shoe-size'] })).status).toBe(400);
  });
});

describe('a repeated authorisation', () => {
  it('answers as the first time, and never with a permission that has ended since', async () => {
    const id = randomUUID();
    await call(`/persons/${id}/grants`, { as: 'aoi', body: grantOf() });
    const key = { 'idempotency-key': randomUUID() };
    const first = await authorise(id, {}, key);
    expect((await authorise(id, {}, key)).body).toEqual(first.body);
    await call(`/persons/${id}/withdrawals`, { as: { person: id }, body: { grantIds: 'all' } });
    const repeats = [await authorise(id, {}, key), await authorise(id, {}, key)];
    for (const { body } of repeats) expect(body).toMatchObject({ outcome: 'refused', code: 'consent-withdrawn' });
    expect(repeats[0]?.body.refusalId).toBe(repeats[1]?.body.refusalId);
    const types = (await store().readStream(`consent-${id}`)).map((event) => event.type);
    expect(types).toEqual(['ConsentGranted', 'DisclosureAuthorised', 'ConsentWithdrawn', 'DisclosureRefused']);
  });
});

describe('a withdrawal and authorisations that race', () => {
  it('have one order: nothing is authorised after the withdrawal', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = randomUUID();
      await call(`/persons/${id}/grants`, { as: 'aoi', body: grantOf() });
      const withdrawal = () => call(`/persons/${id}/withdrawals`, { as: { person: id }, body: { grantIds: 'all' } });
      const racing = [...Array(6).keys()].map((n) => (n === 3 ? withdrawal() : authorise(id)));
      const answers = await Promise.all(racing);
      expect(answers.every(({ status }) => status < 300)).toBe(true);
      const events = await store().readStream(`consent-${id}`);
      const withdrawn = events.findIndex((event) => event.type === 'ConsentWithdrawn');
      expect(withdrawn).toBeGreaterThan(0);
      const after = events.slice(withdrawn + 1).map((event) => event.type);
      expect(after.filter((type) => type !== 'DisclosureRefused')).toEqual([]);
      expect(events).toHaveLength(7);
    }
  });
});

describe('decisions for the past', () => {
  it('as known then, as known now', async () => {
    const id = randomUUID();
    const wasAsked = (more: object) => call('/decisions', { as: 'aoi', body: asked(id, more) });
    const recordedAt = async (type: string) =>
      (await store().readStream(`consent-${id}`)).find((event) => event.type === type)?.recordedAt ?? '';
    const monthAgo = new Date(services.clock.now().getTime() - 30 * 86_400_000).toISOString();
    const lastWeek = new Date(services.clock.now().getTime() - 7 * 86_400_000).toISOString();
    await call(`/persons/${id}/grants`, { as: 'aoi', body: grantOf({ from: monthAgo }) });
    expect((await wasAsked({ at: lastWeek })).body).toMatchObject({ outcome: 'permitted', consentRevision: 0 });
    expect((await wasAsked({ at: lastWeek, knownAt: lastWeek })).body).toMatchObject({
      outcome: 'refused',
      code: 'no-consent',
      consentRevision: -1,
    });
    await call(`/persons/${id}/withdrawals`, { as: 'aoi', body: { grantIds: 'all' } });
    expect((await wasAsked({})).body).toMatchObject({ code: 'consent-withdrawn' });
    expect((await wasAsked({ at: lastWeek })).body).toMatchObject({ outcome: 'permitted' });
    const withdrawnAt = await recordedAt('ConsentWithdrawn');
    expect((await wasAsked({ at: withdrawnAt })).body).toMatchObject({ code: 'consent-withdrawn' });
  });

  it('say what is missing instead of guessing', async () => {
    const answer = await call('/decisions', { as: { person }, body: { personId: person, purpose: 'marketing' } });
    expect(answer.body).toMatchObject({
      outcome: 'refused',
      code: 'indeterminate',
      explanation: {
        missing: [
          'recipient.agency',
          'recipient.user',
          'recipient.role',
          'purpose',
          'categories',
          'action',
          'legalBasis',
        ],
      },
    });
  });
});

describe('emergency access', () => {
  const emergency = {
    harm: 'suicide',
    description: '本人から深夜に電話があり、連絡が途絶えた。',
    categories: ['contact-details'],
    hours: 2,
    supervisor: 'itsuki',
  };
  const reading = { action: 'read', purpose: 'support', categories: ['contact-details'], legalBasis: 'emergency' };
  const nagi = { recipient: { agency: 'aoba-clinic', user: 'nagi', role: 'caseworker' } };

  it('lets one worker read for hours, and is reviewed by somebody else', async () => {
    const id = randomUUID();
    const opened = await call(`/persons/${id}/emergency-accesses`, { as: 'nagi', body: emergency });
    expect(opened).toMatchObject({ status: 201, body: { accessId: expect.any(String), revision: 0 } });
    expect((await authorise(id, { ...reading, ...nagi })).body).toMatchObject({ code: 'permitted-in-emergency' });
    expect((await authorise(id, { ...reading })).body).toMatchObject({ code: 'no-consent' });
    expect((await authorise(id, { ...reading, ...nagi, action: 'disclose' })).body).toMatchObject({
      code: 'no-consent',
    });
    const path = `/persons/${id}/emergency-accesses/${opened.body.accessId}/review`;
    expect((await call(path, { as: 'ren', body: { justified: true } })).status).toBe(404);
    expect((await call(path, { as: 'itsuki', body: { justified: false } })).status).toBe(200);
    expect((await authorise(id, { ...reading, ...nagi })).body).toMatchObject({ code: 'no-consent' });
    await services.settle();
    const list = await call('/emergency-accesses', { as: 'itsuki' });
    expect(list.body.accesses).toMatchObject([
      { accessId: opened.body.accessId, reviewer: 'itsuki', justified: false },
    ]);
    expect((await call('/emergency-accesses', { as: 'kaito' })).body.accesses).toEqual([]);
    const told = await call(`/persons/${id}/emergency-accesses`, { as: { person: id } });
    expect(told.body.accesses).toHaveLength(1);
    expect(JSON.stringify(await store().readStream(`consent-${id}`))).not.toContain('深夜');
  });

  it('is suspended by an overdue review, until somebody reviews it', async () => {
    const id = randomUUID();
    const open = () => call(`/persons/${id}/emergency-accesses`, { as: 'rin', body: emergency });
    const first = await open();
    services.clock.advance(73 * 3_600_000);
    expect((await open()).body).toMatchObject({ status: 409, code: 'emergency-privilege-suspended' });
    const path = `/persons/${id}/emergency-accesses/${first.body.accessId}/review`;
    expect((await call(path, { as: 'shiori', body: { justified: true } })).status).toBe(200);
    expect((await open()).status).toBe(201);
  });

  it('says nothing to the person when that would be dangerous', async () => {
    const id = randomUUID();
    await call(`/persons/${id}/emergency-accesses`, {
      as: 'itsuki',
      body: { ...emergency, supervisor: 'nagi', unsafeToTell: true },
    });
    const itsuki = { recipient: { agency: 'aoba-clinic', user: 'itsuki', role: 'supervisor' } };
    expect((await authorise(id, { ...reading, ...itsuki })).body.outcome).toBe('permitted');
    await services.settle();
    const recorded = async (as: Caller) => (await call(`/persons/${id}/authorisations`, { as })).body.authorisations;
    expect(await recorded({ person: id })).toEqual([]);
    expect(await recorded('shiori')).toHaveLength(1);
    expect((await call(`/persons/${id}/emergency-accesses`, { as: { person: id } })).body.accesses).toEqual([]);
    expect((await call(`/persons/${id}/emergency-accesses`, { as: 'shiori' })).body.accesses).toHaveLength(1);
  });
});

describe('a receipt', () => {
  it('says what was agreed, to the person and to the agencies party to it', async () => {
    const id = randomUUID();
    const representative = { relationship: 'adult-guardian', validUntil: soon(), name: '佐藤 一郎' };
    const granted = await call(`/persons/${id}/grants`, { as: 'aoi', body: grantOf({ representative }) });
    const path = `/persons/${id}/grants/${granted.body.id}/receipt`;
    const receipt = await call(path, { as: { person: id } });
    expect(receipt.body).toMatchObject({
      '@type': 'dpv:ConsentReceipt',
      'dct:conformsTo': 'ISO/IEC TS 27560:2023',
      'dpv:hasNotice': { 'dct:identifier': 'sharing', 'dct:hasVersion': 1, 'dct:language': 'ja' },
      'dpv:hasRecipient': ['tsunagu:agency:hidamari-npo'],
      'dpv:hasConsentStatus': 'dpv:ConsentGiven',
      'dpv:isIndicatedBy': { 'dpv:hasName': '佐藤 一郎', 'tsunagu:relationship': 'adult-guardian' },
    });
    expect(JSON.stringify((await call(path, { as: 'aoi' })).body)).not.toContain('佐藤');
    expect((await call(path, { as: 'yui' })).status).toBe(404);
    await call(`/persons/${id}/withdrawals`, { as: { person: id }, body: { grantIds: 'all' } });
    expect((await call(path, { as: { person: id } })).body).toMatchObject({
      'dpv:hasConsentStatus': 'dpv:ConsentWithdrawn',
    });
  });
});

describe('an erased person', () => {
  it('has no consent any more, gives none, and the names are gone', async () => {
    const id = randomUUID();
    const representative = { relationship: 'curator', validUntil: soon(), name: '鈴木 次郎' };
    const granted = await call(`/persons/${id}/grants`, { as: 'aoi', body: grantOf({ representative }) });
    await part<Sealer>(SEALER).erasePerson(id);
    const eventId = randomUUID();
    const erased = {
      ...{ specversion: '1.0' as const, id: eventId, source: '/tsunagu/intake', type: intakeEvents.PersonErased.type },
      ...{
        subject: id,
        time: soon(),
        datacontenttype: 'application/json' as const,
        partitionkey: id,
        occurredat: soon(),
      },
      ...{ correlationid: eventId, causationid: eventId, actoruser: id, actorrole: 'person', revision: 9 },
      data: { personId: id, parties: [], erasureId: randomUUID(), keysDestroyed: 1 },
    };
    const { topic } = intakeEvents.PersonErased;
    await part<EventBus>(EVENT_BUS).publish([
      { topic, event: erased },
      { topic, event: erased },
    ]);
    await services.settle();
    const types = (await store().readStream(`consent-${id}`)).map((event) => event.type);
    expect(types).toEqual(['ConsentGranted', 'ConsentWithdrawn', 'ConsentErased']);
    expect((await authorise(id)).body).toMatchObject({ outcome: 'refused', code: 'person-erased' });
    const again = await call(`/persons/${id}/grants`, { as: 'aoi', body: grantOf() });
    expect(again).toMatchObject({ status: 409, body: { code: 'person-erased' } });
    const receipt = await call(`/persons/${id}/grants/${granted.body.id}/receipt`, { as: { person: id } });
    expect(receipt.status).toBe(200);
    expect(JSON.stringify(receipt.body)).not.toContain('鈴木');
    expect((await call(`/persons/${id}/withdrawals`, { as: 'aoi', body: { grantIds: 'all' } })).status).toBe(201);
  });
});

describe('an auditor decides everything again', () => {
  it('and every recorded decision comes out the same', async () => {
    const replayed = await call('/audit/replay', { as: 'shiori' });
    expect(replayed.status).toBe(200);
    expect(replayed.body).toMatchObject({ different: 0, differing: [] });
    expect(replayed.body.decisions).toBeGreaterThan(20);
    expect(replayed.body.same).toBe(replayed.body.decisions);
    expect((await call('/audit/replay', { as: 'aoi' })).status).toBe(404);
  });
});

describe('what the others are told', () => {
  it('is as the contract says', async () => {
    await services.settle();
    const all = await store().readAll({ limit: 5_000 });
    const told = all.flatMap((event) => consent.publish?.(event) ?? []);
    const types = new Set(told.map((publication) => publication.contract.name));
    expect([...types].sort()).toEqual(
      Object.keys(consentEvents)
        .filter((name) => name !== 'RecordViewed')
        .sort(),
    );
    for (const { contract, data } of told) expect(contract.schema.parse(data)).toEqual(data);
  });
});

describe('every read model', () => {
  it.each((consent.readModels ?? []).map((model) => [model.name, model] as const))(
    '%s is the same when it is rebuilt from nothing',
    async (_, model) => {
      await services.settle();
      const source = { store: store(), dataSource: part<DataSource>(DataSource) };
      expect(await compareRebuilt(source, model)).toEqual([]);
    },
  );
});
