import { referralEvents, referralFacts } from '@tsunagu/contracts';
import type { ServiceDefinition } from '@tsunagu/platform';
import { type Call, eventually, startServices, type TestServices } from '@tsunagu/testing';
import { Client } from 'pg';
import { directory } from '.';

/** The referral service with nothing but its directory. */
const onlyDirectory: ServiceDefinition = {
  ...directory,
  name: 'referral',
  title: 'Directory',
  description: 'The directory alone.',
};

let services: TestServices;
beforeAll(async () => {
  services = await startServices([onlyDirectory]);
});
afterAll(() => services.close());

const call = (path: string, options: Call = {}) => services.call('referral', path, { as: 'akira', ...options });
/** The read model shows what was listed last; what is recorded later is shown later. */
let lastListed: string;
async function settled(): Promise<void> {
  await services.settle();
  await eventually(async () => expect((await call(`/services/${lastListed}`)).status).toBe(200));
}
const hours = {
  weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], opens: '09:00', closes: '17:00' }],
  holidays: 'closed',
  closures: [],
  dates: [],
  text: '平日 9:00～17:00',
  conditions: [],
};

async function listOrganisation(name = 'ひだまりの会'): Promise<string> {
  const answer = await call('/organisations', { as: 'minato', body: { name, sector: 'npo' } });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

async function listService(
  fields: object,
  as: 'minato' | 'fumi' = 'minato',
): Promise<{ id: string; revision: number }> {
  const organisationId = await listOrganisation();
  const body = { organisationId, kind: 'service', name: 'おはなし電話', ...fields };
  const answer = await call('/services', { as, body });
  expect(answer.status).toBe(201);
  lastListed = answer.body.id;
  return answer.body;
}

describe('anybody who is signed in reads the directory', () => {
  it('the entry as it was listed, right after it was', async () => {
    const { id, revision } = await listService({
      name: '読めるサロン',
      needs: ['loneliness'],
      schedule: hours,
      modes: ['venue'],
    });
    const { status, body } = await call(`/services/${id}?minRevision=${revision}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: '読めるサロン',
      status: 'open',
      modes: ['venue'],
      schedule: hours,
      managedBy: 'tsumugi-city-desk',
    });
  });
  it('by page, in one order', async () => {
    for (const n of [3, 1, 2]) await listService({ name: `頁のサロン${n}` });
    await settled();
    const first = await call('/services?q=頁のサロン&limit=2');
    const second = await call(`/services?q=頁のサロン&limit=2&after=${first.body.next}`);
    const names = [...first.body.items, ...second.body.items].map(({ name }: { name: string }) => name);
    expect(names).toEqual(['頁のサロン1', '頁のサロン2', '頁のサロン3']);
    expect(second.body.next).toBeNull();
  });
  it.each([
    ['an unknown id', '/services/00000000-0000-4000-8000-000000000000', 404],
    ['an id that is none', '/services/%27', 404],
    ['an unknown need', '/services?need=gold', 400],
    ['an impossible moment', '/services?openAt=2026-02-30T25:00', 400],
    ['a broken cursor', '/services?after=%00', 200],
    ['too long a page', '/services?limit=100000', 400],
  ])('%s is answered, never a 500', async (_, path, status) => expect((await call(path)).status).toBe(status));
});

describe('search', () => {
  beforeAll(async () => {
    await listService({
      name: 'ＡＢＣポルトガル語サロン',
      kana: 'サロン',
      needs: ['language'],
      languages: ['pt-BR'],
      areas: ['港市港町'],
      schedule: hours,
      modes: ['online'],
    });
    await listService({ name: '夜の電話', needs: ['language'], languages: ['ja'], areas: ['山市'], modes: ['phone'] });
    await settled();
  });
  it.each([
    ['q=abc さろん', 'ＡＢＣポルトガル語サロン'],
    ['need=language&language=pt', 'ＡＢＣポルトガル語サロン'],
    ['need=language&area=港市', 'ＡＢＣポルトガル語サロン'],
    ['need=language&openAt=2026-11-24T10:00', 'ＡＢＣポルトガル語サロン'],
    ['need=language&mode=phone', '夜の電話'],
    ['need=language&area=山市&kind=service&status=open', '夜の電話'],
    ['need=language&openAt=2026-11-23T10:00', ''],
    ["q=' OR 1=1 --", ''],
    ['q=%25', ''],
  ])('%s', async (query, expected) => {
    const { body } = await call(`/services?${encodeURI(query).replace('%2525', '%25')}`);
    expect(body.items.map(({ name }: { name: string }) => name).join()).toBe(expected);
  });
});

describe('a status change', () => {
  it('is told by the agency that runs it, shown, and published', async () => {
    const { id } = await listService({ name: '青空広場', modes: ['venue'], managedBy: 'midori-jichikai' });
    const body = { status: 'suspended', modes: ['phone', 'letter'], reason: '改修のため' };
    const changed = await call(`/services/${id}/status`, { as: 'fumi', body });
    expect([changed.status, changed.body]).toEqual([
      200,
      { id, revision: 1, status: 'suspended', modes: ['phone', 'letter'] },
    ]);
    const again = await call(`/services/${id}/status`, { as: 'fumi', body });
    expect(again.body.revision).toBe(1);
    expect((await call(`/services/${id}?minRevision=1`)).body).toMatchObject({
      status: 'suspended',
      statusReason: '改修のため',
    });
    await settled();
    await eventually(async () =>
      expect(await published(referralEvents.ServiceStatusChanged.type, id)).toEqual([
        { serviceId: id, status: 'suspended', modes: ['phone', 'letter'] },
      ]),
    );
  });
  it('is not for another agency, which may know that the entry exists', async () => {
    const { id } = await listService({ managedBy: 'midori-jichikai' });
    const answer = await call(`/services/${id}/status`, { as: 'nagi', body: { status: 'suspended', modes: [] } });
    expect([answer.status, answer.body.code]).toEqual([403, 'not-managing-agency']);
  });
  it('of nothing is not found', async () => {
    const path = '/services/00000000-0000-4000-8000-000000000000/status';
    expect((await call(path, { as: 'fumi', body: { status: 'open', modes: [] } })).status).toBe(404);
  });
});

describe('listing and revising', () => {
  it('needs somebody who works for an agency', async () => {
    const body = { name: 'x', sector: 'npo' };
    expect((await services.call('referral', '/organisations', { body })).status).toBe(401);
    expect((await call('/organisations', { as: 'shiori', body })).status).toBe(404);
  });
  it('lists a neighbour only through an administrator', async () => {
    const body = { name: 'となりの会', sector: 'npo', managedBy: 'aoba-clinic' };
    expect((await call('/organisations', { as: 'fumi', body })).status).toBe(403);
    expect((await call('/organisations', { as: 'minato', body })).status).toBe(201);
  });
  it('a service needs its organisation', async () => {
    const body = { organisationId: '00000000-0000-4000-8000-000000000000', kind: 'service', name: '迷子' };
    const { status, body: problem } = await call('/services', { as: 'minato', body });
    expect([status, problem.code, problem.field]).toEqual([409, 'organisation-not-listed', 'organisationId']);
  });
  it('takes no link but to the web', async () => {
    const body = { name: 'わな', sector: 'npo', url: 'javascript:alert(1)' };
    expect((await call('/organisations', { as: 'minato', body })).status).toBe(400);
  });
  it('records a change once', async () => {
    const { id } = await listService({});
    const put = () => call(`/services/${id}`, { as: 'minato', method: 'PUT', body: { fees: '無料' } });
    expect([(await put()).body.revision, (await put()).body.revision]).toEqual([1, 1]);
  });
  it('sent twice with one key happens once', async () => {
    const list = () =>
      call('/organisations', {
        as: 'minato',
        body: { name: '一度の会', sector: 'npo' },
        headers: { 'idempotency-key': 'once' },
      });
    expect((await list()).body).toEqual((await list()).body);
  });
});

describe('a match', () => {
  it('says why, and what was set aside', async () => {
    await listService({ name: '開いた家', needs: ['debt'], areas: ['谷市'], capacity: { total: 5, available: 2 } });
    await listService({ name: '満員の家', needs: ['debt'], areas: ['谷市'], capacity: { total: 5, available: 0 } });
    await settled();
    const { body } = await call('/matches', { as: 'aoi', body: { need: 'debt', area: '谷市', language: 'en' } });
    expect(body.matches.map(({ service }: { service: { name: string } }) => service.name)).toEqual(['開いた家']);
    expect(body.matches[0].reasons).toContainEqual({
      criterion: 'language',
      met: 'unknown',
      detail: 'not-told',
      of: 'en',
    });
    expect(body.setAside.map(({ service }: { service: { name: string } }) => service.name)).toEqual(['満員の家']);
    expect(body.unmet).toBe(false);
  });
  it('that finds nothing is counted once, without the person who asked', async () => {
    const person = '7b1d0f6e-1c51-4c5e-9d7a-2f6f0f4f2a01';
    const ask = () =>
      call('/matches', {
        as: { person },
        body: { need: 'legal', area: '島市' },
        headers: { 'idempotency-key': 'unmet-1' },
      });
    expect((await ask()).body).toEqual({ matches: [], setAside: [], unmet: true });
    await ask();
    await settled();
    const month = new Date().toISOString().slice(0, 7);
    await eventually(async () =>
      expect(await published(referralFacts.UnmetNeedCounted.type)).toEqual([{ month, need: 'legal', area: '島市' }]),
    );
    expect(await inLog(person)).toBe(0);
  });
});

/** Data of what is on the bus of this type, about this subject. */
async function published(type: string, subject?: string): Promise<readonly unknown[]> {
  const events = await rows<{ event: { type: string; subject: string; data: unknown } }>(
    services.databases.bus,
    'SELECT event FROM bus.messages',
  );
  return events
    .filter(({ event }) => event.type === type && (subject === undefined || event.subject === subject))
    .map(({ event }) => event.data);
}

async function inLog(text: string): Promise<number> {
  const [found] = await rows<{ n: number }>(
    services.databases.events,
    `SELECT count(*)::int AS n FROM referral.events WHERE events::text LIKE '%${text}%'`,
  );
  return found?.n ?? -1;
}

async function rows<Row extends object>(url: string, sql: string): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
