import type { RequestListener } from 'node:http';
import type { onRequestHookHandler } from 'fastify';
import type { ServiceInFront } from './config';
import { SECURITY_HEADERS } from './security-headers';

/** What answers the requests of the services that run in this very process. */
export type InProcess = Partial<Readonly<Record<ServiceInFront, RequestListener>>>;

/** Our cookies stay here, and nobody tells a service where a request came from. */
export const KEPT_HERE = ['cookie', 'x-forwarded-for', 'x-forwarded-host', 'forwarded'] as const;

/**
 * Hands a request below `prefix` to a service of this process as it came (ADR 0018). Only where no session is needed:
 * the caller brings a token, or no cookie either. All others go the longer way.
 */
export const handOver =
  (service: RequestListener, prefix: string): onRequestHookHandler =>
  ({ raw }, reply, next) => {
    if (raw.headers.authorization === undefined && raw.headers.cookie !== undefined) return next();
    for (const name of KEPT_HERE) raw.headers[name] = undefined;
    const path = (raw.url ?? '').slice(prefix.length);
    raw.url = path.startsWith('/') ? path : `/${path}`;
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) reply.raw.setHeader(name, value);
    reply.hijack();
    service(raw, reply.raw);
  };
