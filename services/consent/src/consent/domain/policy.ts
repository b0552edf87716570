import type { Action, DataCategory, Purpose } from '@tsunagu/contracts';

/** What a recipient must do, or not do, with what it is given. */
export type Obligation =
  | 'use-for-this-purpose-only'
  | 'no-onward-disclosure'
  /** APPI Art. 29 and 30: both sides keep a record of the provision. */
  | 'keep-provision-record'
  | 'read-only'
  /** Somebody else reviews the emergency access within 72 hours. */
  | 'review-within-72-hours';

/** An interval `[from, until)` of instants, RFC 3339. */
export interface Interval {
  readonly from: string;
  readonly until: string;
}

/**
 * A duty or permission in law to exchange information without consent. Data, so that a council can adopt it, and
 * disabled until an approver has named everything here.
 */
export interface StatutoryBasis extends Interval {
  readonly id: string;
  readonly enabled: boolean;
  /** Statute and article. */
  readonly article: string;
  /** The council (協議会) within which the exchange is allowed. */
  readonly council: string;
  /** The public notice by which the council was set up. */
  readonly publicNotice: string;
  /** Who is a member, and since when: membership counts on the date of the request. */
  readonly members: readonly (Interval & { readonly agency: string })[];
  /** Why the exchange cannot be done without these data. */
  readonly necessity: string;
  readonly approver: string;
  readonly purposes: readonly Purpose[];
  readonly categories: readonly DataCategory[];
  readonly actions: readonly Action[];
}

/** The part of a decision that is not the person's: versioned, so that a replay uses the rules of its day. */
export interface Policy {
  readonly version: string;
  /** Roles that personal data may be shown to at all; a grant never reaches an analyst or an auditor. */
  readonly receivingRoles: readonly string[];
  readonly obligations: ReadonlyMap<string, readonly Obligation[]>;
  readonly statutoryBases: readonly StatutoryBasis[];
}

/** Loneliness and Isolation Act, Art. 16: exchange of information within a council. Shipped disabled and empty. */
const lonelinessAct16: StatutoryBasis = {
  id: 'jp-loneliness-act-16',
  enabled: false,
  article: '孤独・孤立対策推進法 第16条',
  council: '',
  publicNotice: '',
  members: [],
  necessity: '',
  approver: '',
  purposes: ['case-conference'],
  categories: ['needs', 'plan'],
  actions: ['disclose', 'read'],
  from: '2024-04-01T00:00:00+09:00',
  until: '2024-04-01T00:00:00+09:00',
};

export const currentPolicy: Policy = {
  version: '2026-11',
  receivingRoles: ['caseworker', 'supervisor', 'agency-admin', 'service'],
  obligations: new Map<Action, readonly Obligation[]>([
    ['disclose', ['use-for-this-purpose-only', 'no-onward-disclosure', 'keep-provision-record']],
    ['read', ['use-for-this-purpose-only', 'no-onward-disclosure']],
    ['report-back', ['use-for-this-purpose-only', 'no-onward-disclosure', 'keep-provision-record']],
    ['link', ['use-for-this-purpose-only']],
  ]),
  statutoryBases: [lonelinessAct16],
};

/** Every policy that ever decided; one is added, none is changed. */
const policies: readonly Policy[] = [currentPolicy];

export const policyOf = (version: string): Policy | undefined => policies.find((policy) => policy.version === version);
