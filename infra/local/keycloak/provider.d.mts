export interface Keycloak {
  /** Its address, without a slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
}

/** @returns why it cannot be had here; undefined when it can */
export function whyNot(): string | undefined;

/** @throws Error with what it said last */
export function startKeycloak(options: { readonly folder: string; readonly realm: string }): Promise<Keycloak>;
