import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as probe } from 'node:net';
import { consoleConfig, type RunningConsole, startConsole } from '@tsunagu/console';
import { newSigningKeys, type RunningIdentity, startIdentity } from '@tsunagu/identity';

const PASSWORD = 'tsumugi-1234';

let origin: string;
let identity: RunningIdentity;
let front: RunningConsole;
let service: Server;

/** The console and the provider as `npm start` joins them; a service that tells who it was called by. */
beforeAll(async () => {
  const port = await freePort();
  origin = `http://localhost:${port}`;
  identity = await startIdentity({
    issuer: `${origin}/oidc`,
    workers: [{ user: 'aoi', name: '青井 あおい', agency: 'tsumugi-city-desk', roles: ['caseworker'] }],
    password: PASSWORD,
    jwks: newSigningKeys(),
    cookieKeys: ['a-cookie-key'],
    clients: { console: { secret: 'secret', redirectUris: [`${origin}/callback`] }, services: {} },
  });
  service = createServer(({ headers }, response) => {
    const [, payload = ''] = (headers.authorization ?? '').split('.');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(payload === '' ? '{}' : Buffer.from(payload, 'base64url').toString('utf8'));
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  front = await startConsole(
    consoleConfig.parse({
      port,
      host: 'localhost',
      publicUrl: origin,
      identity: { issuer: `${origin}/oidc`, internalUrl: identity.url, clientId: 'console', clientSecret: 'secret' },
      services: { intake: url, consent: url, referral: url, 'follow-up': url, analytics: url, journey: url },
    }),
  );
});

afterAll(async () => {
  await front.close();
  await identity.close();
  service.closeAllConnections();
  await new Promise((resolve) => service.close(resolve));
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = probe().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** A browser without JavaScript: cookies, and redirects followed one by one. */
class Browser {
  readonly cookies = new Map<string, string>();
  readonly setCookies: string[] = [];

  async go(
    path: string,
    request: { form?: Record<string, string>; headers?: Record<string, string>; method?: string } = {},
  ) {
    let address = new URL(path, origin);
    let response = await this.send(address, request);
    while (response.status >= 300 && response.status < 400) {
      address = new URL(response.headers.get('location') ?? '', address);
      response = await this.send(address, {});
    }
    return { address, status: response.status, text: await response.text() };
  }

  private async send(
    address: URL,
    { form, headers, method }: Parameters<Browser['go']>[1] & object,
  ): Promise<Response> {
    const response = await fetch(address, {
      redirect: 'manual',
      method: method ?? (form ? 'POST' : 'GET'),
      headers: { ...headers, cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { body: new URLSearchParams(form) } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      this.setCookies.push(cookie);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }
}

async function signedIn(returnTo = '/'): Promise<Browser> {
  const browser = new Browser();
  const { address } = await browser.go(`/signin?returnTo=${encodeURIComponent(returnTo)}`);
  await browser.go(address.pathname, { form: { worker: 'aoi', password: PASSWORD } });
  return browser;
}

describe('signing in', () => {
  it('shows the form, takes the password, and comes back to where it began', async () => {
    const browser = new Browser();
    const form = await browser.go('/signin?returnTo=/me');
    expect(form.address.pathname).toMatch(/^\/oidc\/interaction\//);
    expect(form.text).toContain('青井 あおい');
    const back = await browser.go(form.address.pathname, { form: { worker: 'aoi', password: PASSWORD } });
    expect(back.address.pathname).toBe('/me');
    expect(JSON.parse(back.text)).toEqual({
      user: 'aoi',
      name: '青井 あおい',
      agency: 'tsumugi-city-desk',
      roles: ['caseworker'],
    });
  });

  it('says so when the password is wrong, and lets one try again', async () => {
    const browser = new Browser();
    const form = await browser.go('/signin');
    const refused = await browser.go(form.address.pathname, { form: { worker: 'aoi', password: 'no' } });
    expect([refused.status, refused.text]).toEqual([401, expect.stringContaining('パスワードがちがいます')]);
    const welcome = await browser.go(form.address.pathname, { form: { worker: 'aoi', password: PASSWORD } });
    expect(welcome.text).toContain('青井 あおい');
  });

  it('gives the browser a random name only, out of reach of scripts', async () => {
    const browser = await signedIn();
    const cookie = browser.setCookies.find((line) => line.startsWith('tsunagu='));
    expect(cookie).toMatch(/^tsunagu=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  it.each(['//evil.example', 'https://evil.example/x', '/\\evil.example', 'javascript:alert(1)'])(
    'never leads away to %s',
    async (returnTo) => {
      const browser = new Browser();
      const { address } = await browser.go(`/signin?returnTo=${encodeURIComponent(returnTo)}`);
      const back = await browser.go(address.pathname, { form: { worker: 'aoi', password: PASSWORD } });
      expect(back.address.origin).toBe(origin);
    },
  );

  it('does not take an answer that another browser asked for', async () => {
    const other = new Browser();
    const form = await other.go('/signin');
    const attempt = new URL(form.address);
    expect((await new Browser().go(attempt.pathname)).status).toBe(400);
    expect((await new Browser().go('/callback?code=abc&state=def')).status).toBe(400);
  });
});

describe('while signed in', () => {
  const elsewhere: readonly Record<string, string>[] = [
    { origin: 'http://evil.example' },
    { origin: 'http://localhost:1' },
    { origin: 'null' },
    { 'sec-fetch-site': 'same-site' },
  ];

  it('calls reach the services with the worker’s token', async () => {
    const browser = await signedIn();
    const { text } = await browser.go('/api/intake/consultations');
    expect(JSON.parse(text)).toMatchObject({
      iss: `${origin}/oidc`,
      aud: 'tsunagu',
      sub: 'aoi',
      agency: 'tsumugi-city-desk',
    });
  });

  it('a caller’s own token comes first', async () => {
    const browser = await signedIn();
    const own = `Bearer x.${Buffer.from('{"sub":"somebody"}').toString('base64url')}.y`;
    expect(JSON.parse((await browser.go('/api/intake/x', { headers: { authorization: own } })).text)).toEqual({
      sub: 'somebody',
    });
  });

  it.each(elsewhere)('another site cannot act for the worker: %j', async (headers) => {
    const browser = await signedIn();
    const answer = await browser.go('/api/intake/x', { method: 'POST', headers });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([403, { code: 'cross-site' }]);
    expect((await browser.go('/signout', { form: {}, headers })).status).toBe(403);
    expect((await browser.go('/me')).status).toBe(200);
  });

  it('this site can', async () => {
    const browser = await signedIn();
    expect((await browser.go('/api/intake/x', { method: 'POST', headers: { origin } })).status).toBe(200);
  });

  it('signing out ends it on the server too', async () => {
    const browser = await signedIn();
    const stolen = new Map(browser.cookies);
    expect((await browser.go('/signout', { form: {}, headers: { origin } })).address.pathname).toBe('/');
    const thief = new Browser();
    for (const [name, value] of stolen) thief.cookies.set(name, value);
    expect((await thief.go('/me')).status).toBe(401);
    expect(JSON.parse((await thief.go('/api/intake/x')).text)).toEqual({});
  });
});
