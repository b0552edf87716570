import httpProxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problem, traceparentFor } from '@tsunagu/platform';
import type { ConsoleConfig, ServiceInFront } from './config';
import { handOver, type InProcess, KEPT_HERE } from './in-process';
import { isFromElsewhere } from './same-origin';
import type { Sessions } from './sessions';

const TIMEOUT_MS = 30_000;

declare module 'fastify' {
  interface FastifyRequest {
    /** Access token of the session, where the caller sent none of its own. */
    sessionToken?: string;
  }
}

/** `/api/<service>/…` goes to the service, as whoever is signed in or as the bearer token says. */
export async function apiProxy(
  app: FastifyInstance,
  config: ConsoleConfig,
  sessions: Sessions,
  bodyLimit: number,
  inProcess: InProcess,
): Promise<void> {
  const home = new URL(config.publicUrl);
  app.decorateRequest('sessionToken', undefined);
  for (const [service, upstream] of Object.entries(config.services)) {
    const prefix = `/api/${service}`;
    const here = inProcess[service as ServiceInFront];
    await app.register(async (below) => {
      if (here) below.addHook('onRequest', handOver(here, prefix));
      await below.register(httpProxy, {
        upstream,
        prefix,
        http2: false,
        preHandler: (request, reply) => identify(request, reply, sessions, home, bodyLimit),
        undici: { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS },
        replyOptions: {
          rewriteRequestHeaders: (request, headers) => forwarded(request as FastifyRequest, headers),
          onError: (reply) => void unavailable(reply as unknown as FastifyReply, service),
        },
      });
    });
  }
}

async function identify(
  request: FastifyRequest,
  reply: FastifyReply,
  sessions: Sessions,
  home: URL,
  bodyLimit: number,
) {
  if (Number(request.headers['content-length'] ?? 0) > bodyLimit) {
    const detail = 'The body is larger than this address takes. Send less, or split it.';
    return refuse(reply, 413, 'too-large', 'Too large', detail);
  }
  if (request.headers.authorization !== undefined) return undefined;
  const session = await sessions.current(request, reply);
  if (!session) return undefined;
  if (isFromElsewhere(request, home)) {
    const detail = 'Another site sent this request. Sign in here and do it on this site.';
    return refuse(reply, 403, 'cross-site', 'Refused', detail);
  }
  request.sessionToken = session.tokens.access;
  return undefined;
}

function forwarded(request: FastifyRequest, headers: Record<string, unknown>): Record<string, string> {
  const traceparent = traceparentFor(request);
  const rest = Object.entries(headers).filter(([name]) => !KEPT_HERE.some((kept) => kept === name));
  return {
    ...(Object.fromEntries(rest) as Record<string, string>),
    ...(request.sessionToken === undefined ? {} : { authorization: `Bearer ${request.sessionToken}` }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

const unavailable = (reply: FastifyReply, service: string) =>
  refuse(
    reply,
    503,
    `${service}-unavailable`,
    'Try again shortly',
    `The ${service} service does not answer right now. Try again in a moment.`,
  );

const refuse = (reply: FastifyReply, status: number, code: string, title: string, detail: string) =>
  reply
    .status(status)
    .type('application/problem+json')
    .send(problem(status, code, title, detail));
