import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consoleConfig, startConsole } from '@tsunagu/console';
import { services } from '@tsunagu/deploy';
import { startServices, type TestServices } from '@tsunagu/testing';
import { type Keycloak, startKeycloak, whyNot } from '../keycloak/provider.mjs';
import { Browser, newKey } from './front.fixtures';
import { portsFor } from './ports';
import { workerToken } from './worker-token';

const offered = process.env['KEYCLOAK'] === 'real' && whyNot() === undefined;
if (process.env['KEYCLOAK'] === 'real' && !offered) console.error(`No Keycloak here: ${whyNot() ?? ''}.`);

const SECRETS = join(__dirname, '..', '..', 'compose', 'secrets.mjs');
const WORKERS = ['caseworker', 'supervisor', 'agency-admin', 'auditor', 'analyst'];

/** `npm run test:keycloak`: a real Keycloak with the committed realm, in front of the services and the console. */
(offered ? describe : describe.skip)('with Keycloak', () => {
  jest.setTimeout(60_000);
  let folder: string;
  let keycloak: Keycloak;
  /** Of what was started, should a later part not start. */
  const closings: (() => Promise<void>)[] = [];
  let town: TestServices;
  let origin: string;

  const secret = (name: string): string => readFileSync(join(folder, 'secrets', name), 'utf8');
  const endpoint = (name: string): string => `${keycloak.url}/realms/tsunagu/protocol/openid-connect/${name}`;
  const tokenOf = (worker: string): Promise<string> =>
    workerToken(
      {
        tokenUrl: endpoint('token'),
        clientId: 'cli',
        clientSecret: secret('client-cli'),
        password: secret('sample-password'),
      },
      worker,
    );
  const call = async (worker: string, service: 'intake' | 'referral' | 'analytics', path: string, body?: object) =>
    town.call(service, path, {
      headers: { authorization: `Bearer ${await tokenOf(worker)}` },
      ...(body ? { body } : {}),
    });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tsunagu-keycloak-'));
    chmodSync(folder, 0o755);
    const { front: port } = await portsFor(folder, ['front']);
    origin = `http://localhost:${port}`;
    execFileSync(process.execPath, [SECRETS, join(folder, 'secrets')], {
      env: { ...process.env, TSUNAGU_ORIGIN: origin },
    });
    keycloak = await startKeycloak({ folder, realm: join(folder, 'secrets', 'realm.json') });
    closings.push(() => keycloak.stop());
    const issuer = `${keycloak.url}/realms/tsunagu`;
    const provider = {
      issuers: [{ issuer, jwksUrl: endpoint('certs'), audience: 'tsunagu', roles: [...WORKERS, 'service'] }],
      tokenUrl: endpoint('token'),
      secretOf: (service: string) => secret(`client-${service}`),
    };
    town = await startServices(services, { provider });
    closings.push(() => town.close());
    const urls = Object.fromEntries([...town.running].map(([name, { url }]) => [name, url]));
    const identity = { issuer, internalUrl: keycloak.url, clientId: 'console', clientSecret: secret('client-console') };
    const config = { host: 'localhost', port, publicUrl: origin, identity, sessionKeys: [newKey()], services: urls };
    const front = await startConsole(consoleConfig.parse(config));
    closings.push(() => front.close());
  }, 900_000);

  afterAll(async () => {
    for (const close of closings.reverse()) await close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** The form of Keycloak's own page, filled in. */
  async function signIn(browser: Browser, password: string) {
    const { text } = await browser.go('/signin?returnTo=/me');
    const [, action = ''] = /action="([^"]+)"/.exec(text) ?? [];
    return browser.go(action.replaceAll('&amp;', '&'), { form: { username: 'aoi', password } });
  }

  it('signs a worker in through a browser, who may then call the services', async () => {
    const browser = new Browser(origin);
    const { address, text } = await signIn(browser, secret('sample-password'));
    expect(address.href).toBe(`${origin}/me`);
    const account = { user: 'aoi', name: '青井 あおい', agency: 'tsumugi-city-desk', roles: ['caseworker'] };
    expect(JSON.parse(text)).toEqual(account);
    expect((await browser.go('/api/intake/consultations')).status).toBe(200);
  });

  it('lets nobody in with another password', async () => {
    const browser = new Browser(origin);
    expect((await signIn(browser, 'no')).address.origin).toBe(keycloak.url);
    expect((await browser.go('/me')).status).toBe(401);
  });

  it('is where services show each other who they are', async () => {
    const talk = { channel: 'phone', language: 'ja', message: '話し相手がほしい' };
    const { body } = await call('aoi', 'intake', '/consultations', talk);
    const draft = { personId: body.personId, need: 'isolation', categories: ['needs'], toAgency: 'hidamari-npo' };
    // Referral asks intake, with a token of its own, whether the agency knows the person.
    const drafted = await call('aoi', 'referral', '/referrals', draft);
    expect(drafted.status).toBeLessThan(300);
    // And consent, which says no: nothing was agreed to.
    const sent = await call('aoi', 'referral', `/referrals/${drafted.body.id}/sending`, {});
    expect(sent).toMatchObject({ status: 403, body: { code: 'no-consent' } });
  });

  it('says what each may be, and no more', async () => {
    expect((await call('akira', 'analytics', '/tables')).status).toBe(200);
    expect((await call('akira', 'intake', '/consultations')).status).toBeGreaterThanOrEqual(403);
    expect((await call('aoi', 'analytics', '/tables')).status).toBeGreaterThanOrEqual(403);
  });

  it('lets no client be a service that is none', async () => {
    const response = await fetch(endpoint('token'), {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`cli:${secret('client-cli')}`).toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'password',
        username: 'aoi',
        password: secret('sample-password'),
        scope: 'service',
      }),
    });
    expect(response.status).toBe(400);
  });
});
