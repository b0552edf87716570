import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a data key is used as: AES-GCM alone does not commit to its key, so the other half of the HKDF split does. */
export interface SplitKey {
  readonly encryption: Buffer;
  readonly commitment: Buffer;
}

export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

export function splitKey(key: Buffer): SplitKey {
  const derive = (use: string): Buffer => Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), use, KEY_BYTES));
  return { encryption: derive('tsunagu/seal/v1/encryption'), commitment: derive('tsunagu/seal/v1/commitment') };
}

/** Each part carries its length in bytes: joined with a separator, ['a|b'] and ['a', 'b'] would be the same. */
export function authenticatedParts(parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** nonce ‖ commitment ‖ ciphertext ‖ tag */
export function encrypt(key: SplitKey, plain: Buffer, authenticated: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key.encryption, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(authenticated);
  return Buffer.concat([nonce, key.commitment, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error when a single bit of it, of the key or of the authenticated parts is another */
export function decrypt(key: SplitKey, envelope: Buffer, authenticated: Buffer): Buffer {
  if (envelope.length < NONCE_BYTES + KEY_BYTES + TAG_BYTES) throw new Error('the sealed value is too short');
  const nonce = envelope.subarray(0, NONCE_BYTES);
  const commitment = envelope.subarray(NONCE_BYTES, NONCE_BYTES + KEY_BYTES);
  if (!timingSafeEqual(commitment, key.commitment)) throw new Error('the sealed value is under another key');
  // Node accepts tags of 4 bytes unless told the length.
  const decipher = createDecipheriv(CIPHER, key.encryption, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(authenticated);
  decipher.setAuthTag(envelope.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(envelope.subarray(NONCE_BYTES + KEY_BYTES, -TAG_BYTES)), decipher.final()]);
}
