import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { consoleConfig } from './config';
import { type RunningConsole, startConsole } from './console';

type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void;

const open: Server[] = [];
let running: RunningConsole | undefined;

/** Stands where a service would. */
async function upstream(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, Buffer.concat(chunks).toString('utf8'), response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = (response: ServerResponse, status: number, body: object): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const echo: Answer = ({ url, method, headers }, body, response) => json(response, 200, { url, method, headers, body });
const ready: Answer = (_, __, response) => json(response, 200, { ready: true, checks: {} });
const nobody = 'http://127.0.0.1:9';

async function start(services: { intake?: string; consent?: string }, provider = nobody): Promise<string> {
  const others = await upstream(ready);
  const all = {
    intake: others,
    consent: others,
    referral: others,
    'follow-up': others,
    analytics: others,
    journey: others,
  };
  const identity = {
    issuer: 'http://localhost:8080/oidc',
    internalUrl: provider,
    clientId: 'console',
    clientSecret: 's',
  };
  const sampleWorkers = [{ user: 'aoi', name: '青井 <あおい>', agencyName: 'つむぎ市', roles: ['caseworker'] }];
  const config = {
    port: 0,
    publicUrl: 'http://localhost:8080',
    identity,
    sessionKeys: [randomBytes(32).toString('base64')],
    services: { ...all, ...services },
    sampleWorkers,
  };
  running = await startConsole(consoleConfig.parse(config));
  return running.url;
}

afterEach(async () => {
  await running?.close();
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

describe('the start page', () => {
  it('is in Japanese, and in English when asked', async () => {
    const url = await start({});
    expect(await (await fetch(url)).text()).toContain('<html lang="ja">');
    const english = await (await fetch(`${url}/?lang=en`)).text();
    expect(english).toContain('<html lang="en">');
    expect(english).toContain('Many agencies support one person together');
  });

  it('lists who can sign in, as text and never as markup', async () => {
    const page = await (await fetch(await start({}))).text();
    expect(page).toContain('青井 &#60;あおい&#62;');
  });
});

describe('a service is reached at /api/<service>', () => {
  it('with path, query, body and the bearer token of the caller', async () => {
    const url = await start({ intake: await upstream(echo) });
    const response = await fetch(`${url}/api/intake/consultations/1/messages?minRevision=2`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer abc',
        'content-type': 'application/json',
        'idempotency-key': 'k',
        cookie: 'a=b',
        'x-forwarded-for': '10.0.0.1',
      },
      body: '{"message":"こんばんは"}',
    });
    const seen = (await response.json()) as { url: string; headers: Record<string, string>; body: string };
    expect(seen).toMatchObject({
      url: '/consultations/1/messages?minRevision=2',
      method: 'POST',
      body: '{"message":"こんばんは"}',
    });
    expect(seen.headers).toMatchObject({ authorization: 'Bearer abc', 'idempotency-key': 'k' });
    expect(seen.headers).not.toHaveProperty('cookie');
    expect(seen.headers).not.toHaveProperty('x-forwarded-for');
  });

  it('and its refusals come through as they are', async () => {
    const url = await start({
      intake: await upstream((_, __, response) => json(response, 409, { code: 'already-closed' })),
    });
    const response = await fetch(`${url}/api/intake/x`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect([response.status, await response.json()]).toEqual([409, { code: 'already-closed' }]);
  });

  it('and when it is down, that is said', async () => {
    const response = await fetch(`${await start({ consent: nobody })}/api/consent/notices`);
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'consent-unavailable' });
  });

  it('but not with more than a body may hold', async () => {
    const url = await start({ intake: await upstream(echo) });
    const response = await fetch(`${url}/api/intake/x`, { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) });
    expect([response.status, await response.json()]).toMatchObject([413, { code: 'too-large' }]);
  });
});

describe('health is the truth', () => {
  it('ready only when every service and sign-in are', async () => {
    const provider = await upstream((_, __, response) => json(response, 200, {}));
    const response = await fetch(`${await start({}, provider)}/health/ready`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ ready: true, services: { intake: 'ok', identity: 'ok' } });
  });

  it('and otherwise says which is not, and why', async () => {
    const late = await upstream((_, __, response) =>
      json(response, 503, { ready: false, checks: { database: 'ok', lag: '12000 events behind' } }),
    );
    const url = await start({ intake: late, consent: nobody });
    const response = await fetch(`${url}/health/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      ready: false,
      services: { intake: 'lag: 12000 events behind', consent: 'no answer', referral: 'ok', identity: 'no answer' },
    });
    expect(await (await fetch(`${url}/health`)).text()).toContain('lag: 12000 events behind');
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });
});

describe('the browser is told to be careful', () => {
  it.each(['/', '/explorer', '/health', '/api/intake/x', '/nothing-here'])('on %s', async (path) => {
    const { headers } = await fetch((await start({})) + path);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
  });
});

describe('the API explorer', () => {
  it('lists every service and comes from here alone', async () => {
    const url = await start({});
    expect(await (await fetch(`${url}/explorer/start.js`)).text()).toContain('/api/follow-up/openapi.json');
    expect((await fetch(`${url}/explorer/assets/swagger-ui-bundle.js`)).status).toBe(200);
    expect((await fetch(`${url}/explorer/assets/package.json`)).status).toBe(404);
  });
});

describe('nobody is signed in', () => {
  it('so /me says so', async () => {
    const response = await fetch(`${await start({})}/me`);
    expect([response.status, await response.json()]).toMatchObject([401, { code: 'unauthenticated' }]);
  });

  it('and signing in begins at the one public address, where its cookies belong', async () => {
    const response = await fetch(`${await start({})}/signin`, { redirect: 'manual' });
    expect(response.headers.get('location')).toBe('http://localhost:8080/signin');
  });

  it('and a stranger’s callback is refused', async () => {
    const response = await fetch(`${await start({})}/callback?code=x&state=y`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('サインインできませんでした');
  });
});
