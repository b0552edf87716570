import { Inject, Injectable } from '@nestjs/common';
import { type Clock, CLOCK, CONFIG, type ServiceConfig, Unavailable } from '@tsunagu/platform';
import { importJWK, type JWK, SignJWT } from 'jose';

/** Every service believes this issuer about persons, and about nobody else. */
export const PERSON_ISSUER = 'tsunagu-intake';
const LIFETIME_MS = 30 * 60_000;

export interface PersonToken {
  readonly token: string;
  readonly expiresAt: string;
}

/** Signs the short-lived tokens (RFC 7519) with which a person who has a claim code acts for themselves. */
@Injectable()
export class PersonTokens {
  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Unavailable when no signing key or audience is configured */
  async tokenFor(personId: string): Promise<PersonToken> {
    const jwk = this.jwk();
    const issuer = this.config.issuers.find((trusted) => trusted.issuer === PERSON_ISSUER);
    if (!jwk || !issuer) throw new Unavailable('person-sign-in-unavailable', 'Claim codes cannot be used right now.');
    const now = this.clock.now().getTime();
    const expires = new Date(now + LIFETIME_MS);
    const algorithm = algorithmOf(jwk);
    const token = await new SignJWT({ roles: ['person'] })
      .setProtectedHeader({ alg: algorithm, ...(jwk.kid ? { kid: jwk.kid } : {}) })
      .setIssuer(PERSON_ISSUER)
      .setSubject(personId)
      .setAudience(issuer.audience)
      .setIssuedAt(new Date(now))
      .setExpirationTime(expires)
      .sign(await importJWK(jwk, algorithm));
    return { token, expiresAt: expires.toISOString() };
  }

  /** The public half (RFC 7517). */
  keys(): { readonly keys: readonly JWK[] } {
    const jwk = this.jwk();
    if (!jwk) return { keys: [] };
    const { kty, kid, crv, x, y, n, e } = jwk;
    const half = { kty, kid, crv, x, y, n, e, use: 'sig', alg: algorithmOf(jwk) };
    return { keys: [Object.fromEntries(Object.entries(half).filter(([, value]) => value !== undefined)) as JWK] };
  }

  private jwk(): JWK | undefined {
    const text = this.config.secrets.personTokenKey;
    return text === undefined ? undefined : (JSON.parse(text) as JWK);
  }
}

const algorithmOf = (jwk: JWK): string => jwk.alg ?? (jwk.kty === 'RSA' ? 'RS256' : 'ES256');
