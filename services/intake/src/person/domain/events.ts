import type { Sealed } from '@tsunagu/sealing';
/** Agencies to which the fact may be shown. */
interface About {
  readonly parties: readonly string[];
}

/** How an agency came to be involved. */
export type Through = 'consultation' | 'referral' | 'plan';

/** Who recorded it: the person, or a worker of an agency. */
export type Recorder =
  { readonly kind: 'person' } | { readonly kind: 'worker'; readonly agency: string; readonly user: string };

export interface IdentityRecord {
  readonly recordId: string;
  readonly by: Recorder;
  /** Holder of the keys: the worker's agency, or `platform` for what the person gave themselves. */
  readonly heldBy: string;
  readonly at: string;
  /** Name, reading, birth date, sex. */
  readonly identity: Sealed;
  /** Phone, postcode, address, area. */
  readonly contactDetails: Sealed;
}

interface Link {
  readonly agency: string;
  readonly otherPersonId: string;
  readonly at: string;
}

export type PersonEvent =
  | { readonly type: 'PersonRegistered'; readonly data: About }
  | { readonly type: 'ConsultationBegun'; readonly data: About & { readonly consultationId: string } }
  | { readonly type: 'AgencyInvolved'; readonly data: About & { readonly agency: string; readonly through: Through } }
  | { readonly type: 'IdentityRecorded'; readonly data: About & IdentityRecord }
  | { readonly type: 'IdentityCorrected'; readonly data: About & IdentityRecord }
  /** An agency says that two of its records are one person; seen by that agency alone. */
  | { readonly type: 'PersonLinked'; readonly data: About & Link }
  | { readonly type: 'PersonUnlinked'; readonly data: About & Link }
  | { readonly type: 'ErasureRequested'; readonly data: About & { readonly erasureId: string; readonly at: string } }
  | {
      readonly type: 'PersonErased';
      readonly data: About & { readonly erasureId: string; readonly keysDestroyed: number; readonly at: string };
    };
