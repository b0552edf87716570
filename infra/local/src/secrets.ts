import { generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { newSigningKeys } from '@tsunagu/identity';
import { readPrivately, writePrivately } from './private-file';

const makers = {
  /** PostgreSQL's superuser. */
  databaseSuperuser: () => random(),
  /** From these the password of each database role and client is derived, so that a new service needs no new secret. */
  databaseRoles: () => random(),
  clients: () => random(),
  keyEncryptionKey: () => randomBytes(32).toString('base64'),
  fingerprintKey: () => randomBytes(32).toString('base64'),
  personTokenKey: () => JSON.stringify(personTokenKey()),
  signingKeys: () => newSigningKeys(),
  cookieKey: () => random(),
  /** Seals the console's sessions. */
  sessionKey: () => randomBytes(32).toString('base64'),
  /** All sample workers share it. */
  samplePassword: () => `tsumugi-${digits()}-${digits()}`,
};

export type Secrets = { readonly [Name in keyof typeof makers]: ReturnType<(typeof makers)[Name]> };

/** Made at the first start; one that a later version adds is made then. In the data folder, for its owner only. */
export function secretsIn(data: string): Secrets {
  const file = join(data, 'secrets.json');
  const known = (readPrivately(file) ?? {}) as Partial<Secrets>;
  const missing = Object.entries(makers).filter(([name]) => !(name in known));
  const all = { ...known, ...Object.fromEntries(missing.map(([name, make]) => [name, make()])) } as Secrets;
  if (missing.length > 0) writePrivately(file, all);
  return all;
}

const random = (): string => randomBytes(32).toString('base64url');
const digits = (): string => String(randomInt(1000, 10_000));

function personTokenKey(): object {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: randomBytes(8).toString('hex') };
}
