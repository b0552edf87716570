import cookie from '@fastify/cookie';
import Fastify, { type FastifyInstance } from 'fastify';
import { problem, Telemetry, traceRequests } from '@tsunagu/platform';
import { apiProxy } from './api-proxy';
import type { ConsoleConfig } from './config';
import { explorer } from './explorer';
import { healthPages } from './health';
import type { InProcess } from './in-process';
import { landing } from './landing';
import { oidcProxy } from './oidc-proxy';
import { securityHeaders } from './security-headers';
import { Sessions } from './sessions';
import { signIn } from './sign-in';

export interface RunningConsole {
  readonly url: string;
  close(): Promise<void>;
}

const BODY_LIMIT_BYTES = 1024 * 1024;

/**
 * The one origin in front: pages, sign-in, and every service's API below `/api/<service>`. Those that run in this
 * process may be called without a network between.
 */
export async function startConsole(config: ConsoleConfig, inProcess: InProcess = {}): Promise<RunningConsole> {
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });
  traceRequests(app, new Telemetry('console'));
  const sessions = new Sessions(config);
  securityHeaders(app);
  problems(app);
  await app.register(cookie);
  landing(app, config, sessions);
  signIn(app, config, sessions);
  healthPages(app, config, sessions);
  await explorer(app, config, sessions);
  await apiProxy(app, config, sessions, BODY_LIMIT_BYTES, inProcess);
  await oidcProxy(app, config);
  const url = await app.listen({ host: config.host, port: config.port });
  return { url, close: () => app.close() };
}

function problems(app: FastifyInstance): void {
  app.setNotFoundHandler((_, reply) =>
    reply
      .status(404)
      .type('application/problem+json')
      .send(
        problem(404, 'not-found', 'Not found', 'There is nothing at this address. The start page lists what there is.'),
      ),
  );
  app.setErrorHandler((error: { statusCode?: number }, _, reply) => {
    const status = error.statusCode ?? 500;
    const answer =
      status === 413
        ? problem(413, 'too-large', 'Too large', 'The body is larger than this address takes. Send less, or split it.')
        : status < 500
          ? problem(status, 'malformed', 'Not understood', 'The request could not be read as sent.')
          : problem(500, 'internal', 'Our fault', 'Something went wrong on our side; try again.');
    return reply.status(status).type('application/problem+json').send(answer);
  });
}
