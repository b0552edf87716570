import { readFileSync } from 'node:fs';
import { decrypt, encrypt, KEY_BYTES, splitKey } from './envelope';

/** Wraps data keys under the key-encryption key. A cloud KMS or Vault transit implements the same two calls. */
export interface KeyEncryption {
  /** `context` is authenticated: a wrapped key moved to another row does not unwrap. */
  wrap(key: Buffer, context: Buffer): Promise<Buffer>;
  /** @throws Error when it was wrapped under another key or for another context */
  unwrap(wrapped: Buffer, context: Buffer): Promise<Buffer>;
}

/**
 * The key-encryption key is a file (or a buffer) of 32 random bytes, raw or in base64.
 * @throws Error when it is anything else
 */
export function fileKeyEncryption(source: string | Buffer): KeyEncryption {
  const key = splitKey(thirtyTwoBytes(typeof source === 'string' ? readFileSync(source) : source));
  return {
    wrap: async (plain, context) => encrypt(key, plain, context),
    unwrap: async (wrapped, context) => decrypt(key, wrapped, context),
  };
}

function thirtyTwoBytes(content: Buffer): Buffer {
  if (content.length === KEY_BYTES) return content;
  const decoded = Buffer.from(content.toString('ascii').trim(), 'base64');
  if (decoded.length !== KEY_BYTES) {
    throw new Error(`the key-encryption key must be ${KEY_BYTES} random bytes, raw or in base64`);
  }
  return decoded;
}
