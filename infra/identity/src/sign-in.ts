import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { IdentityOptions } from './provider';
import { errorPage, signInPage } from './pages';

const FORM_LIMIT_BYTES = 4096;
const WRONG_PER_MINUTE = 10;

type Page = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The sign-in page: choose a worker, give the password. */
export function signIn(provider: Provider, options: IdentityOptions): Page {
  const wrongGuesses = wrongGuessCounter();

  const show = (response: ServerResponse, status: number, problem?: 'wrong' | 'too-many', chosen?: string): void =>
    html(response, status, signInPage(options.workers, problem, chosen));

  const check = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = new URLSearchParams(await textOf(request));
    const user = form.get('worker') ?? '';
    if (wrongGuesses.tooMany()) return show(response, 429, 'too-many', user);
    const known = options.workers.some((worker) => worker.user === user);
    if (!known || !same(form.get('password') ?? '', options.password)) {
      wrongGuesses.add();
      return show(response, 401, 'wrong', user);
    }
    return provider.interactionFinished(request, response, { login: { accountId: user, remember: false } });
  };

  return async (request, response) => {
    try {
      await provider.interactionDetails(request, response);
      if (request.method === 'POST') await check(request, response);
      else show(response, 200);
    } catch (error) {
      const expected = error instanceof errors.OIDCProviderError || error instanceof FormTooLarge;
      html(response, expected ? 400 : 500, errorPage(expected ? 'session_not_found' : 'server_error'));
    }
  };
}

/** Ten wrong guesses a minute, over all workers: they share one password. */
function wrongGuessCounter() {
  let minute = 0;
  let count = 0;
  const turn = (): void => {
    const now = Math.floor(Date.now() / 60_000);
    if (now !== minute) [minute, count] = [now, 0];
  };
  return {
    add: (): void => {
      turn();
      count += 1;
    },
    tooMany: (): boolean => {
      turn();
      return count >= WRONG_PER_MINUTE;
    },
  };
}

class FormTooLarge extends Error {}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > FORM_LIMIT_BYTES) throw new FormTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Compares digests, so that neither length nor content leaks through time. */
function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function html(response: ServerResponse, status: number, body: string): void {
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    .end(body);
}
