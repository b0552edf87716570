import { randomUUID } from 'node:crypto';
import { type Call, startServices, type TestServices } from '@tsunagu/testing';
import { routesOf } from '@tsunagu/platform';
import { intake } from './service';

let services: TestServices;
let opened: { id: string; personId: string; claimCode: string };
const at = (path: string, options: Call = {}) => services.call('intake', path, options);

beforeAll(async () => {
  services = await startServices([intake]);
  const { body } = await at('/consultations', { body: { channel: 'web', language: 'ja', message: '相談' } });
  opened = body as typeof opened;
  await at(`/consultations/${opened.id}/take`, { as: 'aoi', method: 'POST' });
}, 60_000);
afterAll(() => services.close());

const asked = { channel: 'web', language: 'ja', message: '相談' };
const raw = (body: string, type = 'application/json') => ({ body, headers: { 'content-type': type } });

describe('what is not as the contract says is refused with a code, the field and what to do', () => {
  it.each<[string, string, () => Call, number, string, string]>([
    ['malformed JSON', '/consultations', () => raw('{"channel":'), 400, 'malformed-request', ''],
    ['an array', '/consultations', () => ({ body: [asked] }), 400, 'invalid-request', ''],
    ['null', '/consultations', () => raw('null'), 400, 'invalid-request', ''],
    ['another content type', '/consultations', () => raw('<a/>', 'application/xml'), 415, 'unsupported-media-type', ''],
    [
      'a huge body',
      '/consultations',
      () => ({ body: { ...asked, message: 'あ'.repeat(200_000) } }),
      413,
      'body-too-large',
      '',
    ],
    [
      'a long message',
      '/consultations',
      () => ({ body: { ...asked, message: 'x'.repeat(10_001) } }),
      400,
      'invalid-request',
      'message',
    ],
    [
      'an empty message',
      '/consultations',
      () => ({ body: { ...asked, message: ' 　' } }),
      400,
      'invalid-request',
      'message',
    ],
    ['a wrong type', '/consultations', () => ({ body: { ...asked, message: 7 } }), 400, 'invalid-request', 'message'],
    [
      'an unknown channel',
      '/consultations',
      () => ({ body: { ...asked, channel: 'fax' } }),
      400,
      'invalid-request',
      'channel',
    ],
    [
      'no language tag',
      '/consultations',
      () => ({ body: { ...asked, language: '日本語' } }),
      400,
      'invalid-request',
      'language',
    ],
    [
      'an unknown field',
      '/consultations',
      () => ({ body: { ...asked, name: '花子' } }),
      400,
      'invalid-request',
      'name',
    ],
    [
      'a house number',
      '/consultations',
      () => ({ body: { ...asked, area: '番町1-8-15' } }),
      400,
      'invalid-request',
      'area',
    ],
    [
      'a channel of workers',
      '/consultations',
      () => ({ body: { ...asked, channel: 'phone' } }),
      409,
      'channel-needs-worker',
      'channel',
    ],
    [
      'a person by id',
      '/consultations',
      () => ({ body: { ...asked, personId: opened.personId } }),
      409,
      'workers-only',
      'personId',
    ],
    [
      'a time ahead',
      '/consultations',
      () => ({ as: 'aoi', body: { ...asked, occurredAt: '2999-01-01T00:00:00Z' } }),
      409,
      'occurred-in-future',
      'occurredAt',
    ],
    [
      'no time',
      '/consultations',
      () => ({ as: 'aoi', body: { ...asked, occurredAt: '2026-02-30T00:00:00Z' } }),
      400,
      'invalid-request',
      'occurredAt',
    ],
    ['no claim code', '/claims', () => ({ body: {} }), 400, 'invalid-request', 'claimCode'],
    [
      'an impossible date',
      '/persons/:person/identity',
      () => ({ as: 'aoi', body: { name: 'A', birthDate: '2026-02-30' } }),
      400,
      'invalid-request',
      'birthDate',
    ],
    [
      'a birth ahead',
      '/persons/:person/identity',
      () => ({ as: 'aoi', body: { name: 'A', birthDate: '2999-01-01' } }),
      409,
      'birth-date-in-future',
      'birthDate',
    ],
    [
      'no phone number',
      '/persons/:person/identity',
      () => ({ as: 'aoi', body: { name: 'A', phone: 'ask mum' } }),
      400,
      'invalid-request',
      'phone',
    ],
    [
      'nothing to correct',
      '/persons/:person/identity',
      () => ({ as: 'aoi', method: 'PATCH', body: {} }),
      400,
      'invalid-request',
      '',
    ],
    [
      'a correction of nothing',
      '/persons/:person/identity',
      () => ({ as: 'aoi', method: 'PATCH', body: { name: 'B' } }),
      409,
      'not-identified',
      '',
    ],
    [
      'a link to itself',
      '/persons/:person/links',
      () => ({ as: 'aoi', body: { otherPersonId: opened.personId } }),
      409,
      'linked-to-self',
      'otherPersonId',
    ],
    [
      'a link to no id',
      '/persons/:person/links',
      () => ({ as: 'aoi', body: { otherPersonId: '1' } }),
      400,
      'invalid-request',
      'otherPersonId',
    ],
    [
      'an unknown need',
      '/consultations/:id/needs',
      () => ({ as: 'aoi', body: { need: 'money', urgency: 'soon' } }),
      400,
      'invalid-request',
      'need',
    ],
    [
      'an unknown tier',
      '/consultations/:id/triage',
      () => ({ as: 'aoi', body: { tier: 'tier-9' } }),
      400,
      'invalid-request',
      'tier',
    ],
    [
      'no agency',
      '/consultations/:id/routing',
      () => ({ as: 'aoi', body: { toAgency: 'Ä', personAgreed: true } }),
      400,
      'invalid-request',
      'toAgency',
    ],
    [
      'itself',
      '/consultations/:id/routing',
      () => ({ as: 'aoi', body: { toAgency: 'tsumugi-city-desk', personAgreed: true } }),
      409,
      'routed-to-self',
      'toAgency',
    ],
    [
      'no such need',
      `/consultations/:id/needs/${randomUUID()}/settlement`,
      () => ({ as: 'aoi', body: { status: 'met' } }),
      409,
      'need-unknown',
      'needId',
    ],
    [
      'a stale If-Match',
      '/consultations/:id/triage',
      () => ({ as: 'aoi', body: { tier: 'tier-1' }, headers: { 'if-match': '"0"' } }),
      412,
      'revision-mismatch',
      '',
    ],
    ['an unknown filter', '/consultations?sort=asc', () => ({ as: 'aoi' }), 400, 'invalid-request', 'sort'],
    ['no number', '/consultations?limit=many', () => ({ as: 'aoi' }), 400, 'invalid-request', 'limit'],
    ['a made-up cursor', '/consultations?after=x', () => ({ as: 'aoi' }), 409, 'cursor-invalid', 'after'],
    ['a revision of nothing', '/consultations?minRevision=1', () => ({ as: 'aoi' }), 409, 'id-needed', 'id'],
  ])('%s: %s', async (_what, path, options, status, code, field) => {
    const filled = path.replace(':person', opened.personId).replace(':id', opened.id);
    const answer = await at(filled, options());
    expect(answer).toMatchObject({ status, body: { code, ...(field === '' ? {} : { field }) } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body.detail.length).toBeGreaterThan(10);
  });

  it.each(['%00', '..%2f..', "'; DROP TABLE events;--", 'x'.repeat(90)])(
    'an id such as %s names nothing',
    async (id) => {
      const absent = await at(`/consultations/${randomUUID()}`, { as: 'aoi' });
      for (const path of [`/consultations/${id}`, `/persons/${id}`, `/persons/${id}/possible-duplicates`]) {
        const answer = await at(path, { as: 'aoi' });
        expect({ path, status: answer.status, body: answer.body }).toEqual({ path, status: 404, body: absent.body });
      }
    },
  );
});

describe('absent and forbidden look the same', () => {
  const bodies: Readonly<Record<string, object>> = {
    messages: { message: 'x' },
    routing: { toAgency: 'aoba-clinic', personAgreed: true },
    triage: { tier: 'tier-1' },
    closing: {},
    screenings: { instrument: 'direct-loneliness-ja', answers: { lonely: 'never' } },
    needs: { need: 'food', urgency: 'soon' },
    settlement: { status: 'met' },
    links: { otherPersonId: randomUUID() },
    disclosures: { agencyId: 'aoba-clinic', categories: ['identity'], authorisationId: randomUUID() },
  };
  const bodyOf = (method: string, path: string): Pick<Call, 'body'> => {
    if (method === 'GET' || /take|removal|erasure/.test(path)) return {};
    return { body: path.endsWith('identity') ? { name: '花子' } : bodies[path.split('/').at(-1) ?? ''] };
  };

  it('on every route with an id, for workers of other agencies, other roles, other persons and other services', async () => {
    const app = services.running.get('intake')?.app;
    const routes = app ? routesOf(app).filter(({ path }) => path.includes(':')) : [];
    expect(routes.length).toBeGreaterThanOrEqual(17);
    const fill = (path: string, id: string, person: string) =>
      path
        .replace(':needId', randomUUID())
        .replace(':otherPersonId', randomUUID())
        .replace(':agencyId', 'aoba-clinic')
        .replace(':id', path.includes('persons') ? person : id);
    const strangers: readonly Call['as'][] = [
      'yui',
      'kaito',
      'haru',
      'shiori',
      'akira',
      { person: randomUUID() },
      { service: 'analytics' },
    ];
    for (const { method, path } of routes) {
      for (const as of strangers) {
        const options = { as, method: method as 'GET', ...bodyOf(method, path) };
        const foreign = await at(fill(path, opened.id, opened.personId), options);
        const absent = await at(fill(path, randomUUID(), randomUUID()), options);
        expect({ method, path, as, status: foreign.status, body: foreign.body }).toEqual({
          ...{ method, path, as, status: 404, body: absent.body },
        });
      }
    }
  });
});
