import type { Caller } from './api';
import type { Narrator } from './narrator';

/** Everybody in the story, by sample worker; the person gets a token of their own with the claim code. */
export interface Cast {
  readonly nobody: Caller;
  readonly aoi: Caller;
  readonly yui: Caller;
  readonly fumi: Caller;
  readonly nagi: Caller;
  readonly itsuki: Caller;
  readonly shiori: Caller;
  readonly akira: Caller;
  /** A caller with this bearer token. */
  readonly withToken: (name: string, token: string) => Caller;
}

export interface Stage {
  readonly cast: Cast;
  readonly narrator: Narrator;
}
