/** Somebody who can sign in. */
export interface Worker {
  readonly user: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** Absent for auditors and analysts: they belong to no agency. */
  readonly agency?: string;
  /** For the list on the sign-in page. */
  readonly agencyName?: string;
}
