import type { Sealed } from '@tsunagu/sealing';
import type { DataCategory, GrantForm, Harm } from '@tsunagu/contracts';
import type { DisclosureAsked, GivenBy, GrantTerms, NoticeRead, Witness } from './events';
import type { Policy } from './policy';

/** Who records a fact; for a person who acts for themselves the role is `person` and there is no agency. */
export interface Recorder {
  readonly user: string;
  readonly agency?: string;
  readonly role: string;
}

export interface GrantConsent {
  readonly type: 'GrantConsent';
  readonly now: string;
  readonly grantId: string;
  readonly recorder: Recorder;
  readonly terms: GrantTerms;
  readonly form: GrantForm;
  /** `published` is a fact of the notice's own stream. */
  readonly notice: (NoticeRead & { readonly published: boolean }) | null;
  readonly givenBy: GivenBy;
  readonly witness: Witness | null;
}

export interface WithdrawConsent {
  readonly type: 'WithdrawConsent';
  /** `all` ends every permit and leaves refusals standing. */
  readonly grantIds: readonly string[] | 'all';
  readonly recorder: Recorder;
}

export interface AuthoriseDisclosure {
  readonly type: 'AuthoriseDisclosure';
  readonly personId: string;
  readonly now: string;
  readonly decisionId: string;
  readonly asked: DisclosureAsked;
  readonly policy: Policy;
}

export interface OpenEmergencyAccess {
  readonly type: 'OpenEmergencyAccess';
  readonly now: string;
  readonly accessId: string;
  readonly agency: string;
  readonly user: string;
  readonly supervisor: string;
  readonly harm: Harm;
  readonly description: Sealed;
  readonly categories: readonly DataCategory[];
  readonly hours: number;
  readonly unsafeToTell: boolean;
}

export interface ReviewEmergencyAccess {
  readonly type: 'ReviewEmergencyAccess';
  readonly accessId: string;
  readonly reviewer: string;
  readonly justified: boolean;
}

export interface EraseConsent {
  readonly type: 'EraseConsent';
  readonly erasureId: string;
}

export type ConsentCommand =
  GrantConsent | WithdrawConsent | AuthoriseDisclosure | OpenEmergencyAccess | ReviewEmergencyAccess | EraseConsent;
