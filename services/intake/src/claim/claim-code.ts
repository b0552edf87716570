import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** Crockford's base 32: no letter that is read as a figure. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 50 random bits find the record; 130 more, which are never stored, open it. */
const LOCATOR_LENGTH = 10;
const SECRET_LENGTH = 26;
const LENGTH = LOCATOR_LENGTH + SECRET_LENGTH;
const HASH_BYTES = 32;
/** 16 MiB per guess. The secret is random, so this only has to make a stolen store useless, not a weak word strong. */
const COST = { N: 16_384, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

export interface ClaimCode {
  readonly locator: string;
  readonly secret: string;
}

const hashOf = promisify<string, Buffer, number, typeof COST, Buffer>(scrypt);

export const newClaimCode = (): ClaimCode => codeFrom(randomBytes(LENGTH));

/** The same code for the same seed; whoever lacks the key cannot derive it. */
export const claimCodeFor = (key: Buffer, seed: string): ClaimCode =>
  codeFrom(createHmac('sha512', key).update(seed).digest());

function codeFrom(bytes: Buffer): ClaimCode {
  const text = [...bytes.subarray(0, LENGTH)].map((byte) => ALPHABET.charAt(byte & 31)).join('');
  return { locator: text.slice(0, LOCATOR_LENGTH), secret: text.slice(LOCATOR_LENGTH) };
}

/** In groups of four, to be read out, or copied by hand. */
export const shown = ({ locator, secret }: ClaimCode): string => (locator + secret).replace(/(.{4})(?!$)/g, '$1-');

/** What somebody typed; undefined when it can be no code. Case, spaces, hyphens and look-alike letters do not matter. */
export function parsed(typed: string): ClaimCode | undefined {
  const text = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-‐-―ー]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  if (text.length !== LENGTH || [...text].some((character) => !ALPHABET.includes(character))) return undefined;
  return { locator: text.slice(0, LOCATOR_LENGTH), secret: text.slice(LOCATOR_LENGTH) };
}

export async function hashed(secret: string): Promise<{ readonly salt: string; readonly hash: string }> {
  const salt = randomBytes(16);
  const hash = await hashOf(secret, salt, HASH_BYTES, COST);
  return { salt: salt.toString('base64url'), hash: hash.toString('base64url') };
}

/** Takes the same time whether or not it matches. */
export async function matches(
  secret: string,
  stored: { readonly salt: string; readonly hash: string },
): Promise<boolean> {
  const hash = await hashOf(secret, Buffer.from(stored.salt, 'base64url'), HASH_BYTES, COST);
  return timingSafeEqual(hash, Buffer.from(stored.hash, 'base64url'));
}
