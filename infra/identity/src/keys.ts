import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { JWK, JWKS } from 'oidc-provider';

/** A new signing key (P-256, for ES256). */
export function newSigningKeys(): JWKS {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key: JWK = {
    ...privateKey.export({ format: 'jwk' }),
    kty: 'EC',
    alg: 'ES256',
    use: 'sig',
    kid: randomBytes(8).toString('hex'),
  };
  return { keys: [key] };
}
