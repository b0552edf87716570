import type { Sealed } from '@tsunagu/sealing';
import type { AgeBand, Channel, Need, Sector, TriageTier, Urgency } from '@tsunagu/contracts';

/** Whom the fact is about, and which agencies were party to the consultation when it was recorded. */
interface About {
  readonly personId: string;
  readonly parties: readonly string[];
}

/** Who speaks or acts. */
export type Author =
  { readonly kind: 'person' } | { readonly kind: 'worker'; readonly agency: string; readonly user: string };

export interface Message {
  readonly messageId: string;
  readonly by: Author;
  /** Holder of the key: the agency that had the consultation, or `platform` while none had. */
  readonly heldBy: string;
  readonly at: string;
  readonly content: Sealed;
}

export interface Screening {
  readonly screeningId: string;
  readonly instrument: string;
  readonly version: string;
  readonly heldBy: string;
  readonly at: string;
  /** Answers, score and band. */
  readonly result: Sealed;
}

export interface RecordedNeed {
  readonly needId: string;
  readonly need: Need;
  readonly urgency: Urgency;
  readonly heldBy: string;
  readonly at: string;
  readonly note: Sealed | null;
}

export interface Opening {
  /** The agency that has it; null while any agency may take it. */
  readonly agency: string | null;
  readonly channel: Channel;
  readonly language: string;
  readonly interpreterNeeded: boolean;
  readonly anonymous: boolean;
  /** Municipality or district; `unknown` when nobody said. */
  readonly area: string;
  /** What was known on the day; only for counting. */
  readonly ageBand: AgeBand;
  readonly sector: Sector | 'unrouted' | 'unknown';
  readonly tier: TriageTier;
  readonly openedAt: string;
  /** By when somebody must answer; null when the contact itself was the answer. */
  readonly dueAt: string | null;
}

export type ConsultationEvent =
  | { readonly type: 'ConsultationOpened'; readonly data: About & Opening }
  | {
      readonly type: 'MessageSent';
      /** `dueAt`: by when the message must be answered; null when it is itself the answer. */
      readonly data: About & Message & { readonly dueAt: string | null };
    }
  | {
      readonly type: 'ConsultationTaken';
      readonly data: About & { readonly agency: string; readonly worker: string; readonly at: string };
    }
  | {
      readonly type: 'ConsultationRouted';
      /** Routed only with the person's agreement. */
      readonly data: About & {
        readonly from: string;
        readonly to: string;
        readonly at: string;
        readonly dueAt: string;
      };
    }
  | {
      readonly type: 'ConsultationTriaged';
      readonly data: About & {
        readonly agency: string;
        readonly tier: TriageTier;
        readonly at: string;
        readonly dueAt: string;
      };
    }
  | {
      readonly type: 'TriageOverdue';
      readonly data: About & { readonly agency: string | null; readonly tier: TriageTier; readonly dueAt: string };
    }
  | { readonly type: 'ScreeningRecorded'; readonly data: About & Screening & { readonly agency: string } }
  | {
      readonly type: 'NeedRecorded';
      readonly data: About & RecordedNeed & { readonly agency: string; readonly area: string };
    }
  | {
      readonly type: 'NeedSettled';
      readonly data: About & {
        readonly needId: string;
        readonly agency: string;
        readonly status: 'met' | 'withdrawn';
        readonly at: string;
      };
    }
  | { readonly type: 'ConsultationClosed'; readonly data: About & { readonly agency: string; readonly at: string } }
  | { readonly type: 'ConsultationReopened'; readonly data: About & { readonly at: string } }
  /** The person's keys are destroyed; nothing here can be read, or done, any more. */
  | { readonly type: 'ConsultationErased'; readonly data: About & { readonly at: string } };
