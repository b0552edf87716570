import type { Sealed } from '@tsunagu/sealing';
import type { DataCategory, DecisionCode, Need, Outcome, ReferralStatus, Sector } from '@tsunagu/contracts';
import type { About, CodedReason, Disclosure } from './events';

export interface WithdrawalNotice {
  readonly agency: string;
  /** The disclosures that rested on what was withdrawn. */
  readonly authorisationIds: readonly string[];
  readonly deadline: string;
  readonly acknowledged: boolean;
  readonly overdue: boolean;
}

/** What every referral has, whatever its status. */
export interface ReferralRecord {
  readonly about: Omit<About, 'parties'>;
  readonly need: Need;
  /** Of the receiver. */
  readonly sector: Sector | 'unknown';
  readonly categories: readonly DataCategory[];
  readonly serviceId?: string;
  readonly note?: Sealed;
  readonly previousReferralId?: string;
  readonly nextReferralId?: string;
  /** Addressed to everybody, until somebody claims it. */
  readonly openCall: boolean;
  /** Whether it has left the sender, as an open call or to a receiver. */
  readonly sent: boolean;
  /** Code of the last refusal by consent. */
  readonly withheld?: DecisionCode;
  readonly disclosures: readonly Disclosure[];
  readonly notices: readonly WithdrawalNotice[];
  /** When the status is overdue; null when it waits for nobody. */
  readonly deadline: string | null;
  readonly overdue: boolean;
}

export type Referral = { readonly record: ReferralRecord } & (
  | { readonly status: 'draft' | 'requested' | 'accepted' | 'in-progress' | 'entered-in-error' }
  | { readonly status: 'information-requested'; readonly question: Sealed }
  | ({ readonly status: 'on-hold' | 'rejected' | 'failed' | 'cancelled' } & CodedReason)
  | { readonly status: 'completed'; readonly outcome: Outcome; readonly note?: Sealed }
);

export type ReferralState = { readonly status: 'absent' } | Referral;

export const absent: ReferralState = { status: 'absent' };

export const liveStatuses: readonly ReferralStatus[] = [
  'draft',
  'requested',
  'information-requested',
  'accepted',
  'in-progress',
  'on-hold',
];

export const isLive = ({ status }: Referral): boolean => liveStatuses.includes(status);

/** A named receiver learns of a referral when it is sent; an open call has only its sender until it is claimed. */
export const partiesOf = ({ about, sent }: Pick<ReferralRecord, 'about' | 'sent'>): readonly string[] =>
  sent && about.toAgency !== null ? [about.fromAgency, about.toAgency] : [about.fromAgency];

export const aboutOf = (record: Pick<ReferralRecord, 'about' | 'sent'>): About => ({
  ...record.about,
  parties: partiesOf(record),
});

/** An open call that any agency may still claim. */
export const isOpenCall = ({ status, record }: Referral): boolean =>
  status === 'requested' && record.about.toAgency === null;
