import type { Sealed } from '@tsunagu/sealing';
import type {
  Action,
  DataCategory,
  DecisionCode,
  GrantForm,
  Harm,
  LegalBasis,
  Purpose,
  RepresentativeRelationship,
} from '@tsunagu/contracts';
import type { Obligation } from './policy';

export type GrantRecipient = { readonly agency: string } | { readonly any: 'agency' };

/** What is permitted or denied. The interval is `[from, until)`, RFC 3339. */
export interface GrantTerms {
  readonly effect: 'permit' | 'deny';
  readonly purposes: readonly Purpose[];
  readonly categories: readonly DataCategory[];
  readonly recipients: readonly GrantRecipient[];
  readonly actions: readonly Action[];
  readonly from: string;
  readonly until: string;
}

/** The text that was read: a notice, its version, and the language it was read in. */
export interface NoticeRead {
  readonly id: string;
  readonly version: number;
  readonly language: string;
}

export type GivenBy =
  | { readonly kind: 'person' }
  | {
      readonly kind: 'representative';
      readonly relationship: RepresentativeRelationship;
      /** When the mandate ends; what it permitted ends then too. */
      readonly validUntil: string;
      readonly name: Sealed;
    };

export type Witness =
  { readonly kind: 'worker'; readonly user: string } | { readonly kind: 'other'; readonly name: Sealed };

/** Agencies to whom the journey shows the fact. */
interface ShownTo {
  readonly parties: readonly string[];
}

export interface ConsentGranted extends GrantTerms, ShownTo {
  readonly grantId: string;
  readonly form: GrantForm;
  /** A denial needs no notice: "no" is always understood. */
  readonly notice: NoticeRead | null;
  readonly givenBy: GivenBy;
  readonly witness: Witness | null;
}

/** A request for a decision with nothing missing, and what it is for. */
export interface DisclosureAsked {
  readonly recipient: { readonly agency: string; readonly user: string; readonly role: string };
  readonly purpose: Purpose;
  readonly categories: readonly DataCategory[];
  readonly action: Action;
  readonly legalBasis: LegalBasis;
  /** What the decision is for, e.g. `referral` and its id. */
  readonly subject: string;
  readonly subjectId: string;
  /** The agency that gives; null when the recipient reads what it already holds. */
  readonly discloser: string | null;
}

/** A decision as it was recorded: enough to make it again and compare. */
export interface Decided extends DisclosureAsked, ShownTo {
  /** Server time that was decided for. */
  readonly at: string;
  readonly code: DecisionCode;
  /** Permits it rests on, or denials that refused it. */
  readonly grantIds: readonly string[];
  readonly restsOn: string | null;
  readonly policyVersion: string;
  /** Revision of the stream that the decision has seen; the decision itself is the next one. */
  readonly consentRevision: number;
}

export interface EmergencyAccessOpened extends ShownTo {
  readonly accessId: string;
  readonly agency: string;
  readonly user: string;
  readonly harm: Harm;
  readonly description: Sealed;
  readonly categories: readonly DataCategory[];
  readonly supervisor: string;
  /** The person is not told of it, because that would be dangerous. */
  readonly unsafeToTell: boolean;
  readonly from: string;
  readonly until: string;
  readonly reviewBy: string;
}

export type ConsentEvent =
  | { readonly type: 'ConsentGranted'; readonly data: ConsentGranted }
  | { readonly type: 'ConsentWithdrawn'; readonly data: ShownTo & { readonly grantIds: readonly string[] } }
  | {
      readonly type: 'DisclosureAuthorised';
      readonly data: Decided & {
        readonly authorisationId: string;
        readonly until: string;
        readonly obligations: readonly Obligation[];
      };
    }
  | { readonly type: 'DisclosureRefused'; readonly data: Decided & { readonly refusalId: string } }
  | { readonly type: 'EmergencyAccessOpened'; readonly data: EmergencyAccessOpened }
  | {
      readonly type: 'EmergencyAccessReviewed';
      readonly data: ShownTo & { readonly accessId: string; readonly reviewer: string; readonly justified: boolean };
    }
  | { readonly type: 'ConsentErased'; readonly data: { readonly erasureId: string } };
