import type { Sealed } from '@tsunagu/sealing';
import type {
  AuthorisationAnswer,
  DataCategory,
  DecisionCode,
  Disposition,
  LegalBasis,
  Need,
  Outcome,
  ReasonOwner,
  ReferralStatus,
  Sector,
  StatusReason,
} from '@tsunagu/contracts';

/** Repeated on every event, so that each can be published and projected by itself. */
export interface About {
  readonly personId: string;
  /** Stays the same when the referral is re-routed. */
  readonly threadId: string;
  readonly fromAgency: string;
  /** Null for an open call that nobody has claimed yet. */
  readonly toAgency: string | null;
  /** Agencies that may know of this fact: a receiver is not one before the referral was sent. */
  readonly parties: readonly string[];
}

/** One handing over: exactly what was given, to whom, and what it rests on. */
export interface Disclosure {
  readonly agency: string;
  readonly authorisationId: string;
  readonly grantIds: readonly string[];
  /** The snapshot: each category sealed for the receiving agency. A category that held nothing is not there. */
  readonly fields: { readonly [Category in DataCategory]?: Sealed };
  /** Free text that was passed on, under the category it was authorised as. */
  readonly note?: { readonly category: DataCategory; readonly text: Sealed };
}

export type Explanation = AuthorisationAnswer['explanation'];

export interface CodedReason {
  readonly reason: StatusReason;
  readonly reasonOwner: ReasonOwner;
}

/** What a release may count of this referral: no person, no agency. Null when it was counted before or never sent. */
export type Counted = { readonly need: Need; readonly sector: Sector | 'unknown' } | null;

export interface Recorded<Type extends string, Data extends object = object> {
  readonly type: Type;
  readonly data: { readonly about: About } & Data;
}

/** RFC 3339; by when the next step is due. */
type Deadline = { readonly deadline: string };

export type ReferralEvent =
  | Recorded<
      'ReferralDrafted',
      {
        readonly need: Need;
        readonly categories: readonly DataCategory[];
        readonly sector: Sector | 'unknown';
        readonly serviceId?: string;
        readonly note?: Sealed;
        readonly previousReferralId?: string;
      }
    >
  /** Consent did not permit it: nothing was disclosed to `agency`, and the referral stays as it was. */
  | Recorded<
      'ReferralWithheld',
      {
        readonly agency: string;
        readonly code: DecisionCode;
        /** Consent's own: grant ids and codes. */
        readonly explanation: Explanation | null;
        readonly counted: Counted;
      }
    >
  | Recorded<'OpenCallPosted', Deadline>
  | Recorded<'ReferralSent', Deadline & { readonly disclosure: Disclosure }>
  | Recorded<'ReferralClaimed', Deadline & { readonly disclosure: Disclosure; readonly sector: Sector | 'unknown' }>
  | Recorded<'InformationRequested', Deadline & { readonly question: Sealed }>
  | Recorded<'InformationProvided', Deadline & { readonly disclosure: Disclosure }>
  | Recorded<'ReferralAccepted', Deadline>
  | Recorded<'ReferralRejected', CodedReason & { readonly counted: Counted }>
  | Recorded<'ReferralStarted', Deadline>
  | Recorded<'ReferralHeld', CodedReason & Deadline>
  | Recorded<'ReferralResumed', Deadline>
  | Recorded<'ReferralCompleted', { readonly outcome: Outcome; readonly note?: Sealed; readonly counted: Counted }>
  | Recorded<'ReferralFailed', CodedReason & { readonly counted: Counted }>
  | Recorded<'ReferralCancelled', CodedReason & { readonly counted: Counted }>
  | Recorded<'ReferralRerouted', { readonly nextReferralId: string }>
  | Recorded<'ReferralEnteredInError'>
  /** The sender was told how it ended, under the return grant. */
  | Recorded<'OutcomeReported', { readonly outcome: Outcome; readonly disclosure: Disclosure }>
  | Recorded<'ReferralDeadlinePassed', Deadline & { readonly status: ReferralStatus }>
  /** `agency` must say by the deadline what it did with what it was given under these authorisations. */
  | Recorded<'WithdrawalNotified', Deadline & { readonly agency: string; readonly authorisationIds: readonly string[] }>
  | Recorded<'AcknowledgementOverdue', Deadline & { readonly agency: string }>
  | Recorded<
      'WithdrawalAcknowledged',
      { readonly agency: string; readonly disposition: Disposition; readonly legalBasis?: LegalBasis }
    >;
