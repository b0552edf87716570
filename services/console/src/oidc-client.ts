import * as oidc from 'openid-client';
import type { ConsoleConfig } from './config';

export interface Tokens {
  readonly access: string;
  readonly refresh?: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export interface SignInAttempt {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

const TIMEOUT_S = 5;

type Answer = oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers;

/** The console as OpenID Connect client: code flow with PKCE. Discovery happens at the first sign-in. */
export class OidcClient {
  private discovered: Promise<oidc.Configuration> | undefined;

  constructor(private readonly config: Pick<ConsoleConfig, 'identity' | 'publicUrl'>) {}

  async begin(): Promise<{ attempt: SignInAttempt; address: string }> {
    const attempt = {
      verifier: oidc.randomPKCECodeVerifier(),
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
    };
    const address = oidc.buildAuthorizationUrl(await this.discover(), {
      redirect_uri: `${this.config.publicUrl}/callback`,
      scope: 'openid',
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
      prompt: 'login',
    });
    return { attempt, address: address.href };
  }

  /** @throws when the answer is not the one to this attempt, or the provider refuses the code */
  async finish(callback: string, attempt: SignInAttempt): Promise<{ tokens: Tokens; claims: oidc.IDToken }> {
    const answer = await oidc.authorizationCodeGrant(await this.discover(), new URL(callback, this.config.publicUrl), {
      pkceCodeVerifier: attempt.verifier,
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      idTokenExpected: true,
    });
    const claims = answer.claims();
    if (!claims) throw new Error('the provider sent no ID token');
    return { tokens: tokensOf(answer), claims };
  }

  async renew({ refresh }: Tokens): Promise<Tokens> {
    if (refresh === undefined) throw new Error('nothing to renew with');
    return tokensOf(await oidc.refreshTokenGrant(await this.discover(), refresh), refresh);
  }

  /** Ends the right to renew, where the provider revokes tokens (RFC 7009). */
  async revoke({ refresh }: Tokens): Promise<void> {
    const provider = await this.discover();
    if (refresh === undefined || provider.serverMetadata().revocation_endpoint === undefined) return;
    await oidc.tokenRevocation(provider, refresh, { token_type_hint: 'refresh_token' });
  }

  private discover(): Promise<oidc.Configuration> {
    this.discovered ??= this.find().catch((error: unknown) => {
      this.discovered = undefined;
      throw error;
    });
    return this.discovered;
  }

  private find(): Promise<oidc.Configuration> {
    const { issuer, internalUrl, clientId, clientSecret } = this.config.identity;
    const provider = new URL(issuer);
    return oidc.discovery(provider, clientId, undefined, oidc.ClientSecretBasic(clientSecret), {
      timeout: TIMEOUT_S,
      execute: provider.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
      [oidc.customFetch]: (url, options) => fetch(internalAddress(url, provider, internalUrl), options as RequestInit),
    });
  }
}

/** The provider names its public addresses; from here it is reached directly. */
const internalAddress = (url: string, issuer: URL, internalUrl: string): string =>
  url.startsWith(issuer.origin) ? new URL(internalUrl).origin + url.slice(issuer.origin.length) : url;

function tokensOf(answer: Answer, refreshBefore?: string): Tokens {
  const refresh = answer.refresh_token ?? refreshBefore;
  return {
    access: answer.access_token,
    expires: Date.now() + (answer.expiresIn() ?? 0) * 1000,
    ...(refresh === undefined ? {} : { refresh }),
  };
}
