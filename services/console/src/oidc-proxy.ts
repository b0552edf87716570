import httpProxy from '@fastify/http-proxy';
import type { FastifyInstance } from 'fastify';
import type { ConsoleConfig } from './config';

/** The embedded provider lives below the same origin; one elsewhere needs no proxy. */
export async function oidcProxy(app: FastifyInstance, { identity, publicUrl }: ConsoleConfig): Promise<void> {
  const issuer = new URL(identity.issuer);
  if (issuer.origin !== new URL(publicUrl).origin) return;
  await app.register(httpProxy, {
    upstream: new URL(identity.internalUrl).origin,
    prefix: issuer.pathname,
    rewritePrefix: issuer.pathname,
    http2: false,
  });
}
