import type { FastifyRequest } from 'fastify';

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Whether another site made the browser send this: then the session does not speak for the person in front of it.
 * Beside SameSite cookies, because another port of this machine is the same site.
 */
export function isFromElsewhere(request: FastifyRequest, home: URL): boolean {
  if (SAFE.includes(request.method)) return false;
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined) return origin !== home.origin;
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
