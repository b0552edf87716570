import { createHash, createPublicKey, verify } from 'node:crypto';
import { AUDIENCE, newSigningKeys, RESOURCE, type RunningIdentity, SAMPLE_WORKER_GRANT, startIdentity } from '.';

const ISSUER = 'http://localhost:8080/oidc';
const CALLBACK = 'http://localhost:8080/callback';
const PASSWORD = 'tsumugi-1234';
const VERIFIER = 'a-verifier-of-at-least-forty-three-characters-long';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

let identity: RunningIdentity;
const keys = newSigningKeys();

beforeEach(async () => {
  identity = await startIdentity({
    issuer: ISSUER,
    workers: [
      { user: 'aoi', name: '青井 あおい', agency: 'tsumugi-city-desk', agencyName: 'つむぎ市', roles: ['caseworker'] },
      { user: 'akira', name: '秋良 あきら', roles: ['analyst'] },
    ],
    password: PASSWORD,
    jwks: keys,
    cookieKeys: ['a-cookie-key'],
    clients: {
      console: { secret: 'console-secret', redirectUris: [CALLBACK] },
      cli: { secret: 'cli-secret' },
      services: { intake: 'intake-secret' },
    },
  });
});

afterEach(() => identity.close());

const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

async function token(client: string, secret: string, form: Record<string, string>) {
  const response = await fetch(`${identity.url}/oidc/token`, {
    method: 'POST',
    headers: { authorization: basic(client, secret) },
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

/** Claims of a token whose signature, issuer and audience hold against the published keys. */
async function claimsOf(jwt: string | undefined, audience: string = AUDIENCE): Promise<Record<string, unknown>> {
  const [head = '', body = '', signature = ''] = (jwt ?? '').split('.');
  const json = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  const published = (await (await fetch(`${identity.url}/oidc/jwks`)).json()) as {
    keys: { kid: string; kty: string }[];
  };
  const jwk = published.keys.find(({ kid }) => kid === json(head)['kid']);
  if (!jwk) throw new Error('the key is not published');
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  expect(
    verify(
      'sha256',
      Buffer.from(`${head}.${body}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    ),
  ).toBe(true);
  expect(json(body)).toMatchObject({ iss: ISSUER, aud: audience });
  return json(body);
}

/** A browser: follows redirects by hand, keeps cookies, and maps the public origin to where the provider listens. */
function browser() {
  const jar = new Map<string, string>();
  return async (address: string, form?: Record<string, string>): Promise<Response> => {
    const { pathname, search } = new URL(address, ISSUER);
    const response = await fetch(identity.url + pathname + search, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  };
}

const locationOf = (response: Response): string =>
  response.headers.get('location') ?? `no redirect: ${response.status}`;

const authorisationRequest = (): string =>
  `/oidc/auth?${new URLSearchParams({
    client_id: 'console',
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid',
    state: 'state',
    nonce: 'nonce',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    prompt: 'login',
  })}`;

describe('what it publishes', () => {
  it('names only public addresses, whoever asks and whatever they claim', async () => {
    const response = await fetch(`${identity.url}/oidc/.well-known/openid-configuration`, {
      headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    });
    expect(await response.json()).toMatchObject({
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/auth`,
      token_endpoint: `${ISSUER}/token`,
      jwks_uri: `${ISSUER}/jwks`,
    });
  });

  it('shows its public keys, never the private part', async () => {
    const { keys: published } = (await (await fetch(`${identity.url}/oidc/jwks`)).json()) as { keys: object[] };
    expect(published).toHaveLength(1);
    expect(published[0]).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256' });
    expect(published[0]).not.toHaveProperty('d');
  });
});

describe('a worker signs in', () => {
  it('by code and PKCE, and the token names agency and roles', async () => {
    const open = browser();
    const page = locationOf(await open(authorisationRequest()));
    expect(await (await open(page)).text()).toContain('青井 あおい');
    const resumed = await open(locationOf(await open(page, { worker: 'aoi', password: PASSWORD })));
    const callback = new URL(locationOf(resumed));
    expect(callback.origin + callback.pathname).toBe(CALLBACK);
    const { status, body } = await token('console', 'console-secret', {
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: CALLBACK,
      code_verifier: VERIFIER,
    });
    expect(status).toBe(200);
    expect(await claimsOf(body['access_token'])).toMatchObject({
      sub: 'aoi',
      agency: 'tsumugi-city-desk',
      roles: ['caseworker'],
      name: '青井 あおい',
    });
    expect(await claimsOf(body['id_token'], 'console')).toMatchObject({ sub: 'aoi', nonce: 'nonce' });
    const renewed = await token('console', 'console-secret', {
      grant_type: 'refresh_token',
      refresh_token: body['refresh_token'] ?? '',
    });
    expect(await claimsOf(renewed.body['access_token'])).toMatchObject({ sub: 'aoi' });
  });

  it('not with a wrong password, and not by guessing on', async () => {
    const open = browser();
    const page = locationOf(await open(authorisationRequest()));
    for (let guess = 0; guess < 10; guess += 1)
      expect((await open(page, { worker: 'aoi', password: 'no' })).status).toBe(401);
    expect((await open(page, { worker: 'aoi', password: PASSWORD })).status).toBe(429);
  });

  it('not as somebody who does not exist', async () => {
    const open = browser();
    const page = locationOf(await open(authorisationRequest()));
    expect((await open(page, { worker: 'nobody', password: PASSWORD })).status).toBe(401);
  });

  it('not on a page opened in another browser', async () => {
    const page = locationOf(await browser()(authorisationRequest()));
    expect((await browser()(page)).status).toBe(400);
  });

  it('not without PKCE, and only back to the console', async () => {
    const without = new URL(authorisationRequest(), ISSUER);
    without.searchParams.delete('code_challenge');
    without.searchParams.delete('code_challenge_method');
    expect(locationOf(await browser()(without.href))).toContain('error=invalid_request');
    const elsewhere = new URL(authorisationRequest(), ISSUER);
    elsewhere.searchParams.set('redirect_uri', 'http://evil.example/');
    expect((await browser()(elsewhere.href)).status).toBe(400);
  });
});

describe('a service signs in', () => {
  it('with its client credentials, as a service and nothing else', async () => {
    const { body } = await token('intake', 'intake-secret', {
      grant_type: 'client_credentials',
      resource: RESOURCE,
      scope: 'service',
    });
    expect(await claimsOf(body['access_token'])).toMatchObject({
      sub: 'intake',
      service: 'intake',
      roles: ['service'],
    });
  });

  it('not with a wrong secret', async () => {
    expect(await token('intake', 'wrong', { grant_type: 'client_credentials' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
  });

  it('not as a sample worker', async () => {
    const { status } = await token('intake', 'intake-secret', { grant_type: SAMPLE_WORKER_GRANT, worker: 'aoi' });
    expect(status).toBe(400);
  });
});

describe('the command line acts as a sample worker', () => {
  it('with the secret of the data folder', async () => {
    const { body } = await token('cli', 'cli-secret', { grant_type: SAMPLE_WORKER_GRANT, worker: 'akira' });
    const claims = await claimsOf(body['access_token']);
    expect(claims).toMatchObject({ sub: 'akira', roles: ['analyst'] });
    expect(claims).not.toHaveProperty('agency');
  });

  it('not without it', async () => {
    expect((await token('cli', 'wrong', { grant_type: SAMPLE_WORKER_GRANT, worker: 'akira' })).status).toBe(401);
  });

  it('not as somebody who does not exist: it says who does', async () => {
    const { status, body } = await token('cli', 'cli-secret', { grant_type: SAMPLE_WORKER_GRANT, worker: 'nobody' });
    expect(status).toBe(400);
    expect(body['error']).toBe('invalid_grant');
  });
});
