import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleConfig } from './config';
import { OidcClient, type Tokens } from './oidc-client';
import { SealedCookie } from './sealed-cookie';

/** Who is signed in, as the provider said. */
export interface Account {
  readonly user: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly agency?: string;
}

interface Session {
  readonly account: Account;
  readonly tokens: Tokens;
  /** Milliseconds since 1970; renewing does not move it. */
  readonly ends: number;
}

const LASTS_MS = 12 * 3600_000;
const RENEW_BEFORE_MS = 30_000;

/**
 * The session is sealed into the browser's cookie (ADR 0015): every instance reads it, and a restart forgets nothing.
 * Signing out takes the cookie away and revokes the refresh token; an access token that somebody copied out before
 * serves until it expires, minutes later.
 */
export class Sessions {
  readonly oidc: OidcClient;
  private readonly cookie: SealedCookie<Session>;
  private readonly renewals = new Map<string, Promise<Tokens>>();

  constructor(config: ConsoleConfig) {
    this.oidc = new OidcClient(config);
    this.cookie = new SealedCookie('tsunagu', config.sessionKeys, config.publicUrl.startsWith('https:'));
  }

  /** @throws TooLarge when the provider's tokens are more than cookies hold */
  async open(reply: FastifyReply, account: Account, tokens: Tokens): Promise<void> {
    await this.write(reply, { account, tokens, ends: Date.now() + LASTS_MS });
  }

  async close(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const session = await this.cookie.read(request);
    this.cookie.clear(reply);
    // Out of reach, the provider cannot be told; the cookie is gone all the same.
    if (session) await this.oidc.revoke(session.tokens).catch(() => undefined);
  }

  /** Its access token is renewed when it is about to expire. @returns undefined when nobody is signed in, or no longer */
  async current(request: FastifyRequest, reply: FastifyReply): Promise<Session | undefined> {
    const session = await this.cookie.read(request);
    if (!session || session.tokens.expires - RENEW_BEFORE_MS > Date.now()) return session;
    try {
      const renewed = { ...session, tokens: await this.renew(session.tokens) };
      await this.write(reply, renewed);
      return renewed;
    } catch {
      // Perhaps another instance was first, or the provider is away: the old token serves as long as it is good. The
      // cookie stays as it is, so as not to overwrite what the other instance wrote.
      return session.tokens.expires > Date.now() ? session : undefined;
    }
  }

  private write(reply: FastifyReply, session: Session): Promise<void> {
    return this.cookie.write(reply, session, session.ends);
  }

  /** Once for all requests that still carry the old cookie: some providers take a refresh token one time only. */
  private renew(tokens: Tokens): Promise<Tokens> {
    const { refresh = '' } = tokens;
    const known = this.renewals.get(refresh);
    if (known) return known;
    const renewal = this.oidc.renew(tokens);
    this.renewals.set(refresh, renewal);
    const forget = (): boolean => this.renewals.delete(refresh);
    renewal.then(() => setTimeout(forget, RENEW_BEFORE_MS).unref(), forget);
    return renewal;
  }
}
