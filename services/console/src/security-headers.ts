import type { FastifyInstance } from 'fastify';

/** Swagger UI sets styles of its own accord; nothing else may run or be framed. */
const PAGES =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** On every answer; the first two unless it brings its own. */
export const SECURITY_HEADERS = {
  'content-security-policy': PAGES,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const;

export function securityHeaders(app: FastifyInstance): void {
  app.addHook('onSend', async (_, reply) => {
    const own = ['content-security-policy', 'cache-control'].filter((name) => reply.hasHeader(name));
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) if (!own.includes(name)) reply.header(name, value);
  });
}
