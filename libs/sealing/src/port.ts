/** Where a sealed value belongs. All of it is authenticated: a value moved elsewhere does not open. */
export interface SealContext {
  readonly person: string;
  /** Data category code of the vocabulary. */
  readonly category: string;
  /** The agency that holds it. */
  readonly agency: string;
  /** Stream and event type it is recorded in, and the field's name. */
  readonly stream: string;
  readonly type: string;
  readonly path: string;
}

/** Ciphertext of a JSON value; safe to store, publish, back up. */
export interface Sealed {
  readonly sealed: string;
}

/** The key is destroyed: this can never be read again. */
export class Erased extends Error {
  constructor() {
    super('the key of this value was destroyed');
    this.name = 'Erased';
  }
}

export interface Sealer {
  /** @throws Erased when the person's keys were destroyed */
  seal(context: SealContext, value: unknown): Promise<Sealed>;
  /** @throws Erased when the key was destroyed; Error when the value is not what was sealed here */
  open(context: SealContext, sealed: Sealed): Promise<unknown>;
  /** Destroys every key of the person, irreversibly. Repeating it destroys nothing more. @returns keys destroyed */
  erasePerson(person: string): Promise<number>;
  /** Persons erased at or after that instant, by any process. */
  erasedSince(instant: Date): Promise<readonly string[]>;
  /** Forgets cached keys of the person (another process destroyed them). */
  forget(person: string): void;
  close(): Promise<void>;
}
