import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import Fastify from 'fastify';
import { SealedCookie } from './sealed-cookie';

const sealed = new SealedCookie<string>('tsunagu', [randomBytes(32)], true);

/** What the browser gets for a value of this many random bytes, which no compression makes smaller. */
async function cookiesFor(bytes: number) {
  const app = Fastify();
  await app.register(cookie);
  const value = randomBytes(bytes).toString('base64url').slice(0, bytes);
  app.get('/write', async (_, reply) => {
    await sealed.write(reply, value, Date.now() + 60_000);
    return 'written';
  });
  app.get('/read', async (request) => ((await sealed.read(request)) === value ? 'same' : 'other'));
  const { statusCode, headers } = await app.inject('/write');
  const lines = [headers['set-cookie'] ?? []].flat();
  const cookies = lines.map((line) => line.split(';')[0] ?? '');
  const back = await app.inject({ url: '/read', headers: { cookie: cookies.join('; ') } });
  await app.close();
  return { statusCode, lines, cookies, back: back.body };
}

describe('a sealed cookie', () => {
  /** Tokens as of the embedded provider, of Keycloak, and of one that puts many roles into them. */
  it.each([
    [1_000, 1],
    [3_600, 2],
    [8_000, 3],
  ])('holds %i bytes in %i cookies that every browser takes', async (bytes, pieces) => {
    const { lines, cookies, back } = await cookiesFor(bytes);
    expect(cookies).toHaveLength(pieces);
    for (const one of cookies) expect(one.length).toBeLessThanOrEqual(4_096);
    for (const line of lines) expect(line).toMatch(/^__Host-tsunagu.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(back).toBe('same');
  });

  it('refuses what is more than the headers of a request hold', async () => {
    expect(await cookiesFor(9_000)).toMatchObject({ statusCode: 500, cookies: [] });
  });
});
