import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problem } from '@tsunagu/platform';
import type { ConsoleConfig } from './config';
import type { SignInAttempt } from './oidc-client';
import { messagePage } from './pages';
import { isFromElsewhere } from './same-origin';
import type { Account, Sessions } from './sessions';

const COOKIE = 'tsunagu-signin';
const FORM = 'application/x-www-form-urlencoded';
const ATTEMPT_MS = 3600_000;
const LIMIT = 1_000;

interface Attempt extends SignInAttempt {
  readonly returnTo: string;
  readonly ends: number;
}

/** `/signin`, `/callback`, `/signout` and `/me`. */
export function signIn(app: FastifyInstance, config: ConsoleConfig, sessions: Sessions): void {
  const attempts = new Map<string, Attempt>();
  const home = new URL(config.publicUrl);
  const cookie = { path: '/', httpOnly: true, sameSite: 'lax', secure: home.protocol === 'https:' } as const;

  app.get<{ Querystring: { returnTo?: string } }>('/signin', async (request, reply) => {
    // Cookies belong to one name of this machine: begin on the one that the answer comes back to.
    if (request.headers.host !== home.host) return reply.redirect(config.publicUrl + request.url);
    try {
      const { attempt, address } = await sessions.oidc.begin();
      const id = randomBytes(32).toString('base64url');
      dropOld(attempts);
      attempts.set(id, {
        ...attempt,
        returnTo: localPath(request.query.returnTo, home),
        ends: Date.now() + ATTEMPT_MS,
      });
      return await reply.setCookie(COOKIE, id, { ...cookie, maxAge: ATTEMPT_MS / 1000 }).redirect(address);
    } catch {
      return page(reply, 503, 'unavailable');
    }
  });

  app.get('/callback', async (request, reply) => {
    const id = request.cookies[COOKIE] ?? '';
    const attempt = attempts.get(id);
    attempts.delete(id);
    reply.clearCookie(COOKIE, cookie);
    if (!attempt || attempt.ends < Date.now()) return page(reply, 400, 'too-late');
    try {
      const { tokens, claims } = await sessions.oidc.finish(request.url, attempt);
      sessions.close(request, reply);
      sessions.open(reply, accountFrom(claims), tokens);
      return await reply.redirect(attempt.returnTo);
    } catch {
      return page(reply, 400, 'refused');
    }
  });

  void app.register(async (scope) => {
    scope.addContentTypeParser(FORM, { parseAs: 'string', bodyLimit: 1024 }, (_, __, done) => done(null));
    scope.post('/signout', async (request, reply) => {
      if (isFromElsewhere(request, home)) return page(reply, 403, 'elsewhere');
      sessions.close(request, reply);
      return reply.redirect('/', 303);
    });
  });

  app.get('/me', async (request, reply) => me(request, reply, sessions));
}

async function me(request: FastifyRequest, reply: FastifyReply, sessions: Sessions) {
  const account = sessions.accountOf(request);
  if (account) return account;
  return reply
    .status(401)
    .type('application/problem+json')
    .send(problem(401, 'unauthenticated', 'Sign in first', 'Nobody is signed in. Go to /signin.'));
}

/** Only ever back to a page of our own. */
function localPath(wanted: string | undefined, home: URL): string {
  const target = URL.canParse(wanted ?? '/', home.href) ? new URL(wanted ?? '/', home) : home;
  return target.origin === home.origin ? target.pathname + target.search : '/';
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

function dropOld(attempts: Map<string, Attempt>): void {
  for (const [id, { ends }] of attempts) {
    if (attempts.size < LIMIT && ends > Date.now()) break;
    attempts.delete(id);
  }
}

const page = (reply: FastifyReply, status: number, message: Parameters<typeof messagePage>[0]) =>
  reply.status(status).type('text/html; charset=utf-8').send(messagePage(message));
