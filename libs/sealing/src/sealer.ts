import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { authenticatedParts, decrypt, encrypt, KEY_BYTES, splitKey, type SplitKey } from './envelope';
import type { KeyEncryption } from './key-encryption';
import { KeyStore, type KeyOwner, type StoredKey } from './key-store';
import type { SealContext, Sealed, Sealer } from './port';

export interface SealerOptions {
  /** Of the key database, under its runtime role. Stays the caller's: `close` does not end it. */
  readonly pool: Pool;
  readonly keyEncryption: KeyEncryption;
  /** Authenticated: values of one installation do not open in another. */
  readonly tenant: string;
  readonly now?: () => Date;
}

/** How long another process's erasure may go unnoticed when its `forget` is lost. */
const CACHE_MS = 60_000;
const CACHED_PERSONS = 5_000;
/** Version of the envelope's layout and of what is authenticated. */
const VERSION = 1;
const KEY_ID_BYTES = 16;

interface OpenKey extends SplitKey {
  readonly id: string;
}

interface Cached {
  readonly until: number;
  readonly key: Promise<OpenKey | undefined>;
}

export const sealer = (options: SealerOptions): Sealer => new PostgresSealer(options);

class PostgresSealer implements Sealer {
  private readonly keys: KeyStore;
  private readonly cache = new Map<string, Map<string, Cached>>();

  constructor(private readonly options: SealerOptions) {
    this.keys = new KeyStore(options.pool);
  }

  async seal(context: SealContext, value: unknown): Promise<Sealed> {
    const plain = JSON.stringify(value);
    if (plain === undefined) throw new TypeError('only JSON values can be sealed');
    const key = (await this.cached(context)) ?? (await this.created(context));
    const body = encrypt(key, Buffer.from(plain, 'utf8'), this.authenticated(context, key.id));
    const head = Buffer.concat([Buffer.of(VERSION), Buffer.from(key.id.replaceAll('-', ''), 'hex')]);
    return { sealed: Buffer.concat([head, body]).toString('base64url') };
  }

  async open(context: SealContext, { sealed }: Sealed): Promise<unknown> {
    const key = await this.cached(context);
    if (!key) throw new Error('nothing was ever sealed here');
    const envelope = Buffer.from(sealed, 'base64url');
    // Base64 decoders skip what they do not know: one value, one spelling.
    if (envelope.toString('base64url') !== sealed) throw new Error('the sealed value is not base64url');
    if (envelope[0] !== VERSION) throw new Error('the sealed value is of a version this code does not know');
    const id = envelope.subarray(1, 1 + KEY_ID_BYTES).toString('hex');
    if (id !== key.id.replaceAll('-', '')) throw new Error('the sealed value is under another key');
    const plain = decrypt(key, envelope.subarray(1 + KEY_ID_BYTES), this.authenticated(context, key.id));
    return JSON.parse(plain.toString('utf8')) as unknown;
  }

  async erasePerson(person: string): Promise<number> {
    const destroyed = await this.keys.erase(person, this.now());
    this.forget(person);
    return destroyed;
  }

  erasedSince(instant: Date): Promise<readonly string[]> {
    return this.keys.erasedSince(instant);
  }

  forget(person: string): void {
    this.cache.delete(person);
  }

  async close(): Promise<void> {
    this.cache.clear();
  }

  /** Promises are cached, not keys: a look-up still under way when its person is forgotten leaves nothing behind. */
  private cached(owner: KeyOwner): Promise<OpenKey | undefined> {
    const entry = authenticatedParts([owner.category, owner.agency]).toString('latin1');
    const hit = this.cache.get(owner.person)?.get(entry);
    if (hit && hit.until > this.now().getTime()) return hit.key;
    return this.remember(owner, entry, this.found(owner));
  }

  private created(owner: KeyOwner): Promise<OpenKey> {
    const entry = authenticatedParts([owner.category, owner.agency]).toString('latin1');
    return this.remember(owner, entry, this.create(owner));
  }

  private remember<Key extends OpenKey | undefined>(owner: KeyOwner, entry: string, key: Promise<Key>): Promise<Key> {
    const ofPerson = this.cache.get(owner.person) ?? new Map<string, Cached>();
    if (ofPerson.size === 0) this.makeRoomFor(owner.person, ofPerson);
    const cached: Cached = { until: this.now().getTime() + CACHE_MS, key };
    ofPerson.set(entry, cached);
    const drop = (): void => {
      if (ofPerson.get(entry) === cached) ofPerson.delete(entry);
    };
    // Neither absence nor failure is remembered: the next caller asks again.
    key.then((opened) => opened ?? drop(), drop);
    return key;
  }

  private makeRoomFor(person: string, ofPerson: Map<string, Cached>): void {
    const oldest = this.cache.keys().next();
    if (this.cache.size >= CACHED_PERSONS && !oldest.done) this.cache.delete(oldest.value);
    this.cache.set(person, ofPerson);
  }

  private async found(owner: KeyOwner): Promise<OpenKey | undefined> {
    const stored = await this.keys.find(owner);
    return stored && this.unwrapped(owner, stored);
  }

  private async create(owner: KeyOwner): Promise<OpenKey> {
    const wrap = (id: string): Promise<Buffer> =>
      this.options.keyEncryption.wrap(randomBytes(KEY_BYTES), this.wrapContext(owner, id));
    return this.unwrapped(owner, await this.keys.create(owner, wrap, this.now()));
  }

  private async unwrapped(owner: KeyOwner, { id, wrapped }: StoredKey): Promise<OpenKey> {
    const key = await this.options.keyEncryption.unwrap(wrapped, this.wrapContext(owner, id));
    return { id, ...splitKey(key) };
  }

  private wrapContext({ person, category, agency }: KeyOwner, keyId: string): Buffer {
    return authenticatedParts(['key', String(VERSION), this.options.tenant, person, category, agency, keyId]);
  }

  private authenticated({ person, category, agency, stream, type, path }: SealContext, keyId: string): Buffer {
    const place = [person, category, agency, stream, type, path];
    return authenticatedParts(['value', String(VERSION), this.options.tenant, ...place, keyId]);
  }

  private now(): Date {
    return this.options.now?.() ?? new Date();
  }
}
