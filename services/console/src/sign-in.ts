import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problem } from '@tsunagu/platform';
import type { ConsoleConfig } from './config';
import type { SignInAttempt } from './oidc-client';
import { messagePage } from './pages';
import { isFromElsewhere } from './same-origin';
import { SealedCookie, TooLarge } from './sealed-cookie';
import type { Account, Sessions } from './sessions';

const FORM = 'application/x-www-form-urlencoded';
const ATTEMPT_MS = 3600_000;
/** Longer addresses are not worth coming back to: the attempt is kept in a cookie. */
const LONGEST_RETURN = 1_500;

interface Attempt extends SignInAttempt {
  readonly returnTo: string;
}

/** `/signin`, `/callback`, `/signout` and `/me`. */
export function signIn(app: FastifyInstance, config: ConsoleConfig, sessions: Sessions): void {
  const home = new URL(config.publicUrl);
  const attempts = new SealedCookie<Attempt>('tsunagu-signin', config.sessionKeys, home.protocol === 'https:');

  app.get<{ Querystring: { returnTo?: string } }>('/signin', async (request, reply) => {
    // Cookies belong to one name of this machine: begin on the one that the answer comes back to.
    if (request.headers.host !== home.host) return reply.redirect(config.publicUrl + request.url);
    try {
      const { attempt, address } = await sessions.oidc.begin();
      const returnTo = localPath(request.query.returnTo, home);
      await attempts.write(reply, { ...attempt, returnTo }, Date.now() + ATTEMPT_MS);
      return await reply.redirect(address);
    } catch {
      return page(reply, 503, 'unavailable');
    }
  });

  app.get('/callback', async (request, reply) => {
    const attempt = await attempts.read(request);
    attempts.clear(reply);
    if (!attempt) return page(reply, 400, 'too-late');
    try {
      const { tokens, claims } = await sessions.oidc.finish(request.url, attempt);
      await sessions.close(request, reply);
      await sessions.open(reply, accountFrom(claims), tokens);
      return await reply.redirect(attempt.returnTo);
    } catch (error) {
      return page(reply, 400, error instanceof TooLarge ? 'too-large' : 'refused');
    }
  });

  void app.register(async (scope) => {
    scope.addContentTypeParser(FORM, { parseAs: 'string', bodyLimit: 1024 }, (_, __, done) => done(null));
    scope.post('/signout', async (request, reply) => {
      if (isFromElsewhere(request, home)) return page(reply, 403, 'elsewhere');
      await sessions.close(request, reply);
      return reply.redirect('/', 303);
    });
  });

  app.get('/me', async (request, reply) => me(request, reply, sessions));
}

async function me(request: FastifyRequest, reply: FastifyReply, sessions: Sessions) {
  const session = await sessions.current(request, reply);
  if (session) return session.account;
  return reply
    .status(401)
    .type('application/problem+json')
    .send(problem(401, 'unauthenticated', 'Sign in first', 'Nobody is signed in. Go to /signin.'));
}

/** Only ever back to a page of our own. */
function localPath(wanted: string | undefined, home: URL): string {
  const target = URL.canParse(wanted ?? '/', home.href) ? new URL(wanted ?? '/', home) : home;
  const path = target.pathname + target.search;
  return target.origin === home.origin && path.length <= LONGEST_RETURN ? path : '/';
}

function accountFrom(claims: Readonly<Record<string, unknown>>): Account {
  const { sub, name, agency, roles } = claims;
  return {
    user: String(sub),
    name: typeof name === 'string' ? name : String(sub),
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
    ...(typeof agency === 'string' ? { agency } : {}),
  };
}

const page = (reply: FastifyReply, status: number, message: Parameters<typeof messagePage>[0]) =>
  reply.status(status).type('text/html; charset=utf-8').send(messagePage(message));
