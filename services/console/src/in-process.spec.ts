import type { RequestListener } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import { handOver } from './in-process';

const echo: RequestListener = (request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
  request.on('end', () => {
    const { url, method, headers } = request;
    response.writeHead(201, { 'content-type': 'application/json', 'cache-control': 'max-age=60' });
    response.end(JSON.stringify({ url, method, headers, body }));
  });
};

let app: FastifyInstance;
let url: string;

beforeEach(async () => {
  app = Fastify();
  app.addHook('onRequest', handOver(echo, '/api/intake'));
  app.all('/api/intake/*', async () => 'the longer way');
  url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/api/intake`;
});

afterEach(() => app.close());

interface Seen {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

describe('a service of this process is handed', () => {
  it('a request with a token, as it came, but not what stays here', async () => {
    const response = await fetch(`${url}/consultations?minRevision=2`, {
      method: 'POST',
      headers: { authorization: 'Bearer abc', 'idempotency-key': 'k', cookie: 'a=b', 'x-forwarded-for': '10.0.0.1' },
      body: '{"message":"こんばんは"}',
    });
    const seen = (await response.json()) as Seen;
    expect([response.status, seen.url, seen.body]).toEqual([
      201,
      '/consultations?minRevision=2',
      '{"message":"こんばんは"}',
    ]);
    expect(seen.headers).toMatchObject({ authorization: 'Bearer abc', 'idempotency-key': 'k' });
    for (const kept of ['cookie', 'x-forwarded-for']) expect(seen.headers).not.toHaveProperty(kept);
  });

  it('a request of nobody, without path too', async () => {
    expect(await (await fetch(`${url}?a=b`)).json()).toMatchObject({ url: '/?a=b', method: 'GET' });
  });

  it('and its answer tells the browser to be careful, unless it says otherwise itself', async () => {
    const { headers } = await fetch(`${url}/x`);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('max-age=60');
  });

  it('but no request that a session may speak for', async () => {
    expect(await (await fetch(`${url}/x`, { headers: { cookie: 'tsunagu=s' } })).text()).toBe('the longer way');
  });
});
