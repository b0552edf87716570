/** Absent and forbidden alike: the answer must not tell which (ASSURANCE.md, Access). */
export class NotFound extends Error {
  constructor() {
    super('There is nothing here that you may see. Check the address, or sign in as somebody who may.');
    this.name = 'NotFound';
  }
}

/** Nobody is signed in, or the token is not valid. */
export class Unauthenticated extends Error {
  constructor(message = 'Sign in first: send a bearer token in the Authorization header.') {
    super(message);
    this.name = 'Unauthenticated';
  }
}

/** Refused, to somebody who may know that the thing exists; `details` explain the decision and hold no personal data. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly details: object = {},
  ) {
    super(message);
    this.name = 'Refused';
  }
}

/** Something we depend on is out: we deny rather than fail open. The caller may try again. */
export class Unavailable extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'Unavailable';
  }
}

export interface FieldError {
  /** Path in the request, such as `recipients.0.agency`. */
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** RFC 9457 problem details; `code` is stable, `detail` says what to do. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly field?: string;
  readonly errors?: readonly FieldError[];
  readonly [extension: string]: unknown;
}

export const problem = (status: number, code: string, title: string, detail: string, more: object = {}): Problem => ({
  type: `urn:tsunagu:problem:${code}`,
  title,
  status,
  code,
  detail,
  ...more,
});
