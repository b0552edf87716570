import { type Front, PASSWORD, startFront } from './front.fixtures';

let front: Front;
let origin: string;

beforeAll(async () => {
  front = await startFront();
  ({ origin } = front);
});

afterAll(() => front.close());

describe('signing in', () => {
  it('shows the form, takes the password, and comes back to where it began', async () => {
    const browser = front.browser();
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
    const browser = front.browser();
    const form = await browser.go('/signin');
    const refused = await browser.go(form.address.pathname, { form: { worker: 'aoi', password: 'no' } });
    expect([refused.status, refused.text]).toEqual([401, expect.stringContaining('パスワードがちがいます')]);
    const welcome = await browser.go(form.address.pathname, { form: { worker: 'aoi', password: PASSWORD } });
    expect(welcome.text).toContain('青井 あおい');
  });

  it('gives the browser what it cannot read, out of reach of scripts', async () => {
    const browser = await front.signedIn();
    const cookie = browser.setCookies.find((line) => line.startsWith('tsunagu='));
    expect(cookie).toMatch(/^tsunagu=1\.[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+; Path=\/; HttpOnly; SameSite=Lax$/);
    const inside = Buffer.from(cookie?.split('.')[4] ?? '', 'base64url').toString('latin1');
    expect(inside).not.toMatch(/aoi|caseworker|eyJ/);
  });

  it.each(['//evil.example', 'https://evil.example/x', '/\\evil.example', 'javascript:alert(1)'])(
    'never leads away to %s',
    async (returnTo) => {
      const browser = front.browser();
      const { address } = await browser.go(`/signin?returnTo=${encodeURIComponent(returnTo)}`);
      const back = await browser.go(address.pathname, { form: { worker: 'aoi', password: PASSWORD } });
      expect(back.address.origin).toBe(origin);
    },
  );

  it('does not take an answer that another browser asked for', async () => {
    const other = front.browser();
    const form = await other.go('/signin');
    const attempt = new URL(form.address);
    expect((await front.browser().go(attempt.pathname)).status).toBe(400);
    expect((await front.browser().go('/callback?code=abc&state=def')).status).toBe(400);
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
    const browser = await front.signedIn();
    const { text } = await browser.go('/api/intake/consultations');
    expect(JSON.parse(text)).toMatchObject({
      iss: `${origin}/oidc`,
      aud: 'tsunagu',
      sub: 'aoi',
      agency: 'tsumugi-city-desk',
    });
  });

  it('a caller’s own token comes first', async () => {
    const browser = await front.signedIn();
    const own = `Bearer x.${Buffer.from('{"sub":"somebody"}').toString('base64url')}.y`;
    expect(JSON.parse((await browser.go('/api/intake/x', { headers: { authorization: own } })).text)).toEqual({
      sub: 'somebody',
    });
  });

  it.each(elsewhere)('another site cannot act for the worker: %j', async (headers) => {
    const browser = await front.signedIn();
    const answer = await browser.go('/api/intake/x', { method: 'POST', headers });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([403, { code: 'cross-site' }]);
    expect((await browser.go('/signout', { form: {}, headers })).status).toBe(403);
    expect((await browser.go('/me')).status).toBe(200);
  });

  it('this site can', async () => {
    const browser = await front.signedIn();
    expect((await browser.go('/api/intake/x', { method: 'POST', headers: { origin } })).status).toBe(200);
  });
});
