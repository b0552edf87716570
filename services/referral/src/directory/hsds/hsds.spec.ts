import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceDefinition } from '@tsunagu/platform';
import { eventually, startServices, type TestServices } from '@tsunagu/testing';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { directory } from '..';

const schemas = join(__dirname, '../../../../../../shared/data/hsds/schema');
const onlyDirectory: ServiceDefinition = {
  ...directory,
  name: 'referral',
  title: 'Directory',
  description: 'The directory alone.',
};

let services: TestServices;
let serviceId: string;
beforeAll(async () => {
  services = await startServices([onlyDirectory]);
  serviceId = await listEverything();
  await eventually(async () => expect((await get('/hsds/services')).total_items).toBe(2));
});
afterAll(() => services.close());

/** A service with something in every field. */
async function listEverything(): Promise<string> {
  const phones = [
    { number: '099-000-0001', kind: 'voice', extension: '12', note: '代表' },
    { number: '099-000-0002', kind: 'fax', extension: '3、4', note: null },
  ];
  const address = {
    text: 'ひかり県つむぎ市1',
    postalCode: '999-0001',
    prefecture: 'ひかり県',
    municipality: 'つむぎ市',
  };
  const profile = {
    kana: 'ヒダマリ',
    description: '会',
    url: 'https://例え.jp/道?q=ひ',
    email: 'a@example.jp',
    phones,
    address,
  };
  const organisation = await services.call('referral', '/organisations', {
    as: 'minato',
    body: { name: 'ひだまりの会', sector: 'npo', ...profile },
  });
  const schedule = {
    weekly: [{ days: ['fri'], opens: '18:00', closes: '26:00' }],
    holidays: 'closed',
    closures: [{ from: '--12-29', until: '--01-03' }],
    dates: [{ from: '2026-12-24', until: '2026-12-24', fromDay: null, untilDay: null, opens: '10:00', closes: null }],
    text: '金 18:00～2:00',
    conditions: [],
  };
  const body = {
    ...profile,
    organisationId: organisation.body.id,
    kind: 'service',
    name: '夜の居場所',
    needs: ['loneliness'],
    languages: ['ja', 'pt-BR'],
    areas: ['つむぎ市'],
    geo: { latitude: 35.1, longitude: 135.2 },
    schedule,
    fees: '無料',
    eligibility: '18歳以上',
    attributes: { 駐車場: '5台' },
  };
  const service = await services.call('referral', '/services', { as: 'minato', body });
  await services.call('referral', '/services', {
    as: 'minato',
    body: { organisationId: organisation.body.id, kind: 'venue', name: '何も知られぬ場' },
  });
  return service.body.id;
}

const get = async (path: string) => (await services.call('referral', path, { as: 'akira' })).body;

describe('the HSDS lists', () => {
  it('come in numbered pages', async () => {
    const page = await get('/hsds/services?page=2&per_page=1');
    expect(page).toMatchObject({
      total_items: 2,
      total_pages: 2,
      page_number: 2,
      size: 1,
      first_page: false,
      last_page: true,
      empty: false,
    });
    expect(page.contents).toHaveLength(1);
  });
  it('are searched', async () =>
    expect((await get(`/hsds/services?search=${encodeURIComponent('夜の')}`)).contents[0].id).toBe(serviceId));
  it('say what is temporarily closed', async () => {
    await services.call('referral', `/services/${serviceId}/status`, {
      as: 'minato',
      body: { status: 'suspended', modes: [], reason: '改修' },
    });
    await eventually(async () =>
      expect(await get(`/hsds/services/${serviceId}`)).toMatchObject({ status: 'temporarily closed', alert: '改修' }),
    );
  });
  it('hold nothing for an unknown id', async () =>
    expect((await services.call('referral', '/hsds/services/none', { as: 'akira' })).status).toBe(404));
});

const describeSchemas = existsSync(schemas) ? describe : absent;
function absent(promise: string): void {
  console.warn(`NOT RUN: "${promise}" needs the schemas in ../shared/data/hsds beside the repository.`);
  describe(promise, () =>
    it('needs ../shared/data (not here: see the warning)', () => expect(existsSync(schemas)).toBe(false)),
  );
}

describeSchemas('what the HSDS API answers keeps the schemas of HSDS 3.x', () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  const isSchema = (file: string): boolean => file !== 'openapi.json' && file.endsWith('.json');
  readdirSync(existsSync(schemas) ? schemas : '.')
    .filter((file) => existsSync(schemas) && isSchema(file))
    .forEach((file) => {
      const {
        name: _,
        path: __,
        ...schema
      } = JSON.parse(readFileSync(join(schemas, file), 'utf8')) as Record<string, unknown>;
      ajv.addSchema(schema, file);
    });
  const errorsOf = (schema: string, value: unknown) =>
    ajv.validate(schema, value)
      ? []
      : (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);

  it('which can tell what does not', () =>
    expect(errorsOf('service.json', { id: serviceId, name: 'x', status: 'open', phones: [{}] })).toHaveLength(3));
  it('a service in full', async () =>
    expect(errorsOf('service.json', await get(`/hsds/services/${serviceId}`))).toEqual([]));
  it('services in a list, even those of which little is known', async () => {
    const { contents } = await get('/hsds/services');
    expect(contents.flatMap((one: unknown) => errorsOf('service.json', one))).toEqual([]);
  });
  it('organizations', async () => {
    const { contents } = await get('/hsds/organizations');
    expect(contents.flatMap((one: unknown) => errorsOf('organization.json', one))).toEqual([]);
  });
});
