import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EncryptJWT, jwtDecrypt } from 'jose';

/** Browsers take 4,096 bytes per cookie with its name (RFC 6265 section 6.1). */
const PIECE_BYTES = 3_900;
/** Node takes 16 KiB of headers in all; three pieces leave room for the rest. */
const PIECES = 3;

/** What should be kept is more than cookies hold. */
export class TooLarge extends Error {}

/**
 * A value that the browser keeps and cannot read or change: a JWE (RFC 7516; `dir`, A256GCM), in several cookies when
 * it is larger than one may be. Any instance that has the key opens it.
 */
export class SealedCookie<Value> {
  private readonly keys: ReadonlyMap<string, Uint8Array>;
  private readonly attributes;
  private readonly names: readonly string[];

  /** @param keys 32 bytes each; the first seals, all of them open, so that one can follow another */
  constructor(
    private readonly purpose: string,
    keys: readonly Uint8Array[],
    secure: boolean,
  ) {
    this.keys = new Map(keys.map((key) => [idOf(key), key]));
    this.attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
    const name = secure ? `__Host-${purpose}` : purpose;
    this.names = Array.from({ length: PIECES }, (_, piece) => (piece === 0 ? name : `${name}-${piece}`));
  }

  /** @param ends milliseconds since 1970. @throws TooLarge */
  async write(reply: FastifyReply, value: Value, ends: number): Promise<void> {
    const [kid = '', key = new Uint8Array()] = [...this.keys][0] ?? [];
    const sealed = await new EncryptJWT({ value })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid })
      .setAudience(this.purpose)
      .setExpirationTime(new Date(ends))
      .encrypt(key);
    const count = Math.ceil((sealed.length + 2) / PIECE_BYTES);
    if (count > PIECES) throw new TooLarge(`${sealed.length} bytes do not fit into ${PIECES} cookies`);
    const text = `${count}.${sealed}`;
    for (const [piece, name] of this.names.slice(0, count).entries())
      reply.setCookie(name, text.slice(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES), this.attributes);
  }

  /** @returns undefined when there is none, or it is changed, expired, for another purpose, or of a key that has gone */
  async read(request: FastifyRequest): Promise<Value | undefined> {
    const [first = ''] = this.names;
    const count = Number(request.cookies[first]?.charAt(0));
    if (!(count >= 1 && count <= PIECES)) return undefined;
    const text = this.names.slice(0, count).map((name) => request.cookies[name] ?? '');
    try {
      const { payload } = await jwtDecrypt<{ value: Value }>(text.join('').slice(2), ({ kid }) => this.keyOf(kid), {
        audience: this.purpose,
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      return payload.value;
    } catch {
      return undefined;
    }
  }

  clear(reply: FastifyReply): void {
    for (const name of this.names) reply.clearCookie(name, this.attributes);
  }

  private keyOf(id: string | undefined): Uint8Array {
    const key = this.keys.get(id ?? '');
    if (!key) throw new Error('no such key');
    return key;
  }
}

const idOf = (key: Uint8Array): string => createHash('sha256').update(key).digest('base64url').slice(0, 8);
