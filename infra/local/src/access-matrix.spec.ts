import { randomUUID } from 'node:crypto';
import { type Asker, permits, type Route, routesOf, type ServiceDefinition } from '@tsunagu/platform';
import { type Answer, type Call, type Caller, sampleWorkers, startServices, type TestServices } from '@tsunagu/testing';
import { bodies } from './access-matrix.bodies';
import { services } from './services';

type ServiceName = ServiceDefinition['name'];
interface Row extends Route {
  readonly service: ServiceName;
  readonly key: string;
}

/** Everything that answers without a token. A route that joins these is a decision, made here. */
const PUBLIC = [
  'GET /health/live',
  'GET /health/ready',
  'intake POST /consultations',
  'intake POST /claims',
  'intake GET /.well-known/jwks.json',
];

const askers: readonly { readonly name: string; readonly as?: Caller; readonly asker: Asker }[] = [
  { name: 'nobody', asker: { user: 'anonymous', roles: [] } },
  ...(['nagi', 'itsuki', 'haru', 'shiori', 'akira', 'tsukasa'] as const).map((user) => ({
    name: `${sampleWorkers[user].roles[0]} of another agency`,
    as: user,
    asker: { user, ...sampleWorkers[user] },
  })),
  { name: 'another person', as: { person: randomUUID() }, asker: { user: 'p', person: 'p', roles: ['person'] } },
  ...services.map(({ name }) => ({
    name: `service ${name}`,
    as: { service: name },
    asker: { user: name, service: name, roles: ['service'] as const },
  })),
];

let all: TestServices;
let rows: readonly Row[];
let existing: Readonly<Record<string, string>>;

beforeAll(async () => {
  all = await startServices(services);
  rows = [...all.running].flatMap(([service, { app }]) =>
    routesOf(app).map((route) => ({
      ...route,
      service: service as ServiceName,
      key: `${service} ${route.method} ${route.path}`,
    })),
  );
  existing = await aCase();
}, 60_000);
afterAll(() => all.close());

/** A person of the city desk, with a consultation, a grant, a sent-for referral and a plan. */
async function aCase(): Promise<Readonly<Record<string, string>>> {
  const post = async (service: ServiceName, path: string, as: Caller, body: object): Promise<Answer['body']> =>
    (await all.call(service, path, { as, body })).body;
  const opened = await post('intake', '/consultations', 'aoi', { channel: 'phone', language: 'ja', message: 'm' });
  const personId: string = opened.personId;
  const need = await post('intake', `/consultations/${opened.id}/needs`, 'aoi', { need: 'isolation', urgency: 'soon' });
  const grant = await post(
    'consent',
    `/persons/${personId}/grants`,
    'aoi',
    bodies['consent POST /persons/:id/grants'] ?? {},
  );
  const referral = await post('referral', '/referrals', 'aoi', {
    personId,
    need: 'isolation',
    categories: ['needs'],
    toAgency: 'hidamari-npo',
  });
  const plan = await post('follow-up', '/plans', 'aoi', {
    personId,
    goals: ['g'],
    nextContact: { on: inAWeek(), mode: 'phone' },
  });
  await all.settle();
  return {
    consultations: opened.id,
    persons: personId,
    needId: need.needId ?? need.id,
    grantId: grant.grantId ?? grant.id,
    referrals: referral.id,
    plans: plan.id,
  };
}

const inAWeek = (): string => new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);

/** The route's path with ids put in: of things that exist, or of nothing. */
function path(row: Row, ids: Readonly<Record<string, string>>): string {
  const kind = row.path.split('/')[1] ?? '';
  return row.path.replace(/:(\w+)/g, (_, name: string) => {
    if (name === 'agencyId') return 'aoba-clinic';
    if (name === 'category') return 'needs';
    return (name === 'id' ? ids[kind] : ids[name]) ?? randomUUID();
  });
}

const send = (row: Row, ids: Readonly<Record<string, string>>, as: Caller | undefined): Promise<Answer> => {
  const call: Call = {
    method: row.method as NonNullable<Call['method']>,
    ...(as ? { as } : {}),
    ...(row.method === 'GET' ? {} : { body: bodies[row.key] ?? {} }),
  };
  return all.call(row.service, path(row, ids), call);
};
const seen = ({ status, body }: Answer): { status: number; code?: string } => ({ status, code: body?.code });

/** Under so many requests at once a service may say that it is not ready: true or not, that is not about access. */
const saysNotReady = ({ path }: Row, { status }: { status: number }): boolean =>
  path === '/health/ready' && status === 503;

/** What is wrong with the answer to a request about something absent; undefined when nothing is. */
async function surprise(row: Row, asker: Asker, as: Caller | undefined): Promise<object | undefined> {
  if (!row.rule || (row.rule.kind === 'public' && !as)) return undefined;
  const answer = seen(await send(row, {}, as));
  const fine = !as
    ? answer.status === 401
    : permits(row.rule, asker)
      ? (answer.status < 500 || saysNotReady(row, answer)) && answer.status !== 401
      : answer.status === 404 && answer.code === 'not-found';
  return fine ? undefined : { key: row.key, ...answer };
}

describe('every route × role × agency', () => {
  it('every route has a rule, and those that take a body a row', () => {
    expect(rows.filter(({ rule }) => rule === undefined).map(({ key }) => key)).toEqual([]);
    expect(
      rows.filter(({ method, key }) => method !== 'GET' && bodies[key] === undefined).map(({ key }) => key),
    ).toEqual([]);
    expect(Object.keys(bodies).filter((key) => !rows.some((row) => row.key === key))).toEqual([]);
  });

  it('the case is really there, for its own agency', async () => {
    const own: readonly [ServiceName, string][] = [
      ['intake', `/consultations/${existing['consultations']}`],
      ['intake', `/persons/${existing['persons']}`],
      ['consent', `/persons/${existing['persons']}/grants/${existing['grantId']}/receipt`],
      ['referral', `/referrals/${existing['referrals']}`],
      ['follow-up', `/plans/${existing['plans']}`],
    ];
    const statuses = await Promise.all(
      own.map(async ([service, address]) => (await all.call(service, address, { as: 'aoi' })).status),
    );
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    expect(Object.values(existing).every((id) => typeof id === 'string')).toBe(true);
  });

  it('nothing but health, the anonymous consultation and its keys answers without a token', () => {
    const open = rows
      .filter(({ rule }) => rule?.kind === 'public')
      .map(({ key, method, path }) => (path.startsWith('/health') ? `${method} ${path}` : key));
    expect([...new Set(open)].sort()).toEqual([...PUBLIC].sort());
  });

  it.each(askers)(
    '$name: allowed, or the same answer for forbidden as for absent',
    async ({ as, asker }) => {
      const judged = await Promise.all(rows.map(async (row) => surprise(row, asker, as)));
      const surprises = judged.filter((found) => found !== undefined);
      expect(surprises).toEqual([]);
    },
    60_000,
  );

  it.each(
    askers.filter(
      ({ as }) => as === 'nagi' || as === 'itsuki' || as === 'haru' || (typeof as === 'object' && 'person' in as),
    ),
  )(
    '$name: somebody else’s case looks as if it were not there',
    async ({ as, asker }) => {
      const reachable = rows.filter(
        (row) => row.path.includes(':') && row.rule?.kind === 'roles' && permits(row.rule, asker),
      );
      const judged = await Promise.all(
        reachable.map(async (row) => {
          const [absent, foreign] = await Promise.all([send(row, {}, as), send(row, existing, as)]);
          const alike = JSON.stringify([absent.status, absent.body]) === JSON.stringify([foreign.status, foreign.body]);
          return alike ? undefined : { key: row.key, absent: seen(absent), foreign: seen(foreign) };
        }),
      );
      const leaks = judged.filter((leak) => leak !== undefined);
      expect(leaks).toEqual([]);
    },
    60_000,
  );
});
