import { type Role, roles, type ServiceName, serviceNames } from '@tsunagu/contracts';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Asker } from './access';
import type { ServiceConfig } from './config';
import { Unauthenticated, Unavailable } from './problems';

type Issuer = ServiceConfig['issuers'][number];

const REMEMBERED = 10_000;

/** Verifies bearer tokens against the issuers' keys (RFC 7519, RFC 9068) and reads who is asking. */
export class Tokens {
  private readonly issuers: ReadonlyMap<
    string,
    { readonly issuer: Issuer; readonly keys: ReturnType<typeof createRemoteJWKSet> }
  >;
  private readonly verified = new Map<string, { readonly asker: Asker; readonly expires: number }>();

  constructor(
    issuers: readonly Issuer[],
    private readonly clock: { now(): Date },
  ) {
    this.issuers = new Map(
      issuers.map((issuer) => [issuer.issuer, { issuer, keys: createRemoteJWKSet(new URL(issuer.jwksUrl)) }]),
    );
  }

  /** @throws Unauthenticated when the token is not one of ours or has expired; Unavailable when the keys cannot be had */
  async askerOf(token: string): Promise<Asker> {
    const known = this.verified.get(token);
    if (known && known.expires > this.clock.now().getTime()) return known.asker;
    const { asker, expires } = await this.verify(token);
    if (this.verified.size >= REMEMBERED) this.verified.clear();
    this.verified.set(token, { asker, expires });
    return asker;
  }

  private async verify(token: string): Promise<{ asker: Asker; expires: number }> {
    const trusted = this.issuers.get(claimedIssuer(token));
    if (!trusted)
      throw new Unauthenticated('The token is not from an issuer that this installation trusts. Sign in again.');
    try {
      const { payload } = await jwtVerify(token, trusted.keys, {
        issuer: trusted.issuer.issuer,
        audience: trusted.issuer.audience,
        currentDate: this.clock.now(),
        requiredClaims: ['sub', 'exp'],
      });
      return { asker: askerFrom(payload, trusted.issuer), expires: (payload.exp ?? 0) * 1000 };
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new Unauthenticated('The token has expired. Sign in again.');
      if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) {
        throw new Unavailable('identity-unavailable', 'Sign-in cannot be checked right now. Try again in a moment.');
      }
      throw new Unauthenticated('The token is not valid. Sign in again.');
    }
  }
}

function claimedIssuer(token: string): string {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof payload === 'object' && payload && 'iss' in payload ? String(payload.iss) : '';
  } catch {
    return '';
  }
}

function askerFrom(payload: JWTPayload, issuer: Issuer): Asker {
  const claimed = Array.isArray(payload['roles']) ? payload['roles'] : [];
  const known = claimed.filter((role): role is Role => roles.schema.safeParse(role).success);
  const granted = known.filter((role) => !issuer.roles || issuer.roles.includes(role));
  const user = payload.sub ?? '';
  const agency = payload['agency'];
  const service = payload['service'];
  return {
    user,
    roles: granted,
    ...(typeof agency === 'string' ? { agency } : {}),
    ...(granted.includes('person') ? { person: user } : {}),
    ...(granted.includes('service') && isService(service) ? { service } : {}),
  };
}

const isService = (name: unknown): name is ServiceName => serviceNames.some((known) => known === name);
