import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleConfig } from './config';
import { OidcClient, type Tokens } from './oidc-client';

/** Who is signed in, as the provider said. */
export interface Account {
  readonly user: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly agency?: string;
}

interface Session {
  account: Account;
  tokens: Tokens;
  renewal?: Promise<void>;
  readonly ends: number;
}

const LASTS_MS = 12 * 3600_000;
const RENEW_BEFORE_MS = 60_000;
const LIMIT = 10_000;

/** The browser holds a random name only; tokens never leave the server. Kept in memory: a restart signs everybody out. */
export class Sessions {
  readonly oidc: OidcClient;
  private readonly sessions = new Map<string, Session>();
  private readonly secure: boolean;

  constructor(config: ConsoleConfig) {
    this.oidc = new OidcClient(config);
    this.secure = config.publicUrl.startsWith('https:');
  }

  open(reply: FastifyReply, account: Account, tokens: Tokens): void {
    const id = randomBytes(32).toString('base64url');
    this.sweep();
    this.sessions.set(id, { account, tokens, ends: Date.now() + LASTS_MS });
    reply.setCookie(this.cookieName, id, this.cookie);
  }

  close(request: FastifyRequest, reply: FastifyReply): void {
    this.sessions.delete(request.cookies[this.cookieName] ?? '');
    reply.clearCookie(this.cookieName, this.cookie);
  }

  accountOf(request: FastifyRequest): Account | undefined {
    return this.find(request)?.account;
  }

  /** Renewed when it is about to expire. @returns undefined when nobody is signed in, or no longer */
  async accessTokenOf(request: FastifyRequest): Promise<string | undefined> {
    const session = this.find(request);
    if (!session) return undefined;
    if (session.tokens.expires - RENEW_BEFORE_MS < Date.now()) {
      session.renewal ??= this.renew(session).finally(() => delete session.renewal);
      await session.renewal;
    }
    return session.tokens.expires > Date.now() ? session.tokens.access : undefined;
  }

  private async renew(session: Session): Promise<void> {
    try {
      session.tokens = await this.oidc.renew(session.tokens);
    } catch {
      // The old token serves until it expires; after that the session counts as ended.
    }
  }

  private find(request: FastifyRequest): Session | undefined {
    const session = this.sessions.get(request.cookies[this.cookieName] ?? '');
    return session && session.ends > Date.now() ? session : undefined;
  }

  private sweep(): void {
    for (const [id, { ends }] of this.sessions) {
      if (this.sessions.size < LIMIT && ends > Date.now()) break;
      this.sessions.delete(id);
    }
  }

  private get cookieName(): string {
    return this.secure ? '__Host-tsunagu' : 'tsunagu';
  }

  private get cookie() {
    return { path: '/', httpOnly: true, sameSite: 'lax', secure: this.secure } as const;
  }
}
