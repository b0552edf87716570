import type { Sealed } from '@tsunagu/sealing';
import type { DataCategory, DecisionCode, Disposition, LegalBasis, Need, Outcome, Sector } from '@tsunagu/contracts';
import type { CodedReason, Disclosure, Explanation } from './events';

export interface Order<Type extends string> {
  readonly type: Type;
  /** Agency that acts. */
  readonly by: string;
  readonly now: string;
}

/** What the consent service decided about one disclosure; when permitted, with the fields sealed for `agency`. */
export type Decision =
  | {
      readonly outcome: 'refused';
      readonly agency: string;
      readonly code: DecisionCode;
      readonly explanation: Explanation | null;
    }
  | {
      readonly outcome: 'permitted';
      readonly categories: readonly DataCategory[];
      /** The authorisation is worth nothing from here on. */
      readonly until: string;
      readonly disclosure: Disclosure;
    };

export interface DraftReferral extends Order<'DraftReferral'> {
  readonly personId: string;
  readonly threadId: string;
  /** Null asks everybody: an open call. */
  readonly toAgency: string | null;
  readonly sector: Sector | 'unknown';
  readonly need: Need;
  readonly categories: readonly DataCategory[];
  readonly serviceId?: string;
  readonly note?: Sealed;
  readonly previousReferralId?: string;
}
export interface SendReferral extends Order<'SendReferral'> {
  /** Absent for an open call: there is nobody yet to disclose to. */
  readonly decision?: Decision;
}
export interface ClaimReferral extends Order<'ClaimReferral'> {
  readonly sector: Sector | 'unknown';
  readonly decision: Decision;
}
export interface CompleteReferral extends Order<'CompleteReferral'> {
  readonly outcome: Outcome;
  readonly note?: Sealed;
}
export interface AcknowledgeWithdrawal extends Order<'AcknowledgeWithdrawal'> {
  readonly disposition: Disposition;
  /** Required where data is retained. */
  readonly legalBasis?: LegalBasis;
}
/** By the platform, not by an agency: the person withdrew these grants, or everything. */
export interface EndForWithdrawal {
  readonly type: 'EndForWithdrawal';
  readonly grants: readonly string[] | 'all';
  readonly now: string;
}
/** By the clock. A status or deadline that has moved on meanwhile makes it nothing. */
export interface PassDeadline {
  readonly type: 'PassDeadline';
  readonly deadline: string;
  /** Set when what is overdue is this agency's acknowledgement of a withdrawal. */
  readonly agency?: string;
  readonly now: string;
}

export type ReferralCommand =
  | DraftReferral
  | SendReferral
  | ClaimReferral
  | (Order<'RequestInformation'> & { readonly question: Sealed })
  | (Order<'ProvideInformation'> & { readonly decision: Decision })
  | Order<'AcceptReferral'>
  | (Order<'RejectReferral'> & CodedReason)
  | Order<'StartReferral'>
  | (Order<'HoldReferral'> & CodedReason)
  | Order<'ResumeReferral'>
  | CompleteReferral
  | (Order<'FailReferral'> & CodedReason)
  | (Order<'CancelReferral'> & CodedReason)
  | Order<'MarkEnteredInError'>
  | (Order<'RerouteReferral'> & { readonly nextReferralId: string })
  | (Order<'ReportOutcome'> & { readonly decision: Decision })
  | AcknowledgeWithdrawal
  | EndForWithdrawal
  | PassDeadline;
