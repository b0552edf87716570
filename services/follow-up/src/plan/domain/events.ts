import type { Sealed } from '@tsunagu/sealing';
import type { AttemptResult, Mode, PlanOutcome, TaskKind } from '@tsunagu/contracts';

/** What should change, or what the person gives: a sealed sentence under an id. */
export interface Line {
  readonly id: string;
  readonly text: Sealed;
}

export interface NextContact {
  /** Date in Japan, `YYYY-MM-DD`. */
  readonly on: string;
  readonly mode: Mode;
}

export interface PlanContent {
  readonly goals: readonly Line[];
  /** What the person gives: roles and contributions, not only what they receive. */
  readonly roles: readonly Line[];
}

/** Every event says whom it is about and who held the plan then, so that it can be told to others by itself. */
export interface About {
  readonly personId: string;
  readonly agency: string;
}

export type PlanFact =
  | {
      readonly type: 'PlanOpened';
      readonly data: PlanContent & {
        readonly owner: string;
        readonly referralId: string | null;
        readonly nextContact: NextContact;
        /** Services and activities of the directory that the plan relies on. */
        readonly leansOn: readonly string[];
      };
    }
  | { readonly type: 'PlanRevised'; readonly data: PlanContent & { readonly leansOn: readonly string[] } }
  | {
      readonly type: 'ContactAttempted';
      readonly data: {
        readonly mode: Mode;
        readonly result: AttemptResult;
        readonly note: Sealed | null;
        readonly nextContact: NextContact;
      };
    }
  | { readonly type: 'ContactAgreed'; readonly data: { readonly nextContact: NextContact } }
  | { readonly type: 'OwnerChanged'; readonly data: { readonly owner: string } }
  | {
      readonly type: 'ContactOverdue';
      readonly data: { readonly due: string; readonly level: number; readonly escalatedTo: EscalatedTo };
    }
  | { readonly type: 'TaskRaised'; readonly data: Task }
  | { readonly type: 'TaskSettled'; readonly data: { readonly taskId: string; readonly note: Sealed | null } }
  | { readonly type: 'Reassessed'; readonly data: { readonly summary: Sealed; readonly nextContact: NextContact } }
  | { readonly type: 'TransferProposed'; readonly data: { readonly toAgency: string } }
  | {
      readonly type: 'TransferConfirmed';
      readonly data: { readonly by: 'receiver'; readonly owner: string } | { readonly by: 'person' };
    }
  | { readonly type: 'TransferCalledOff'; readonly data: object }
  | {
      readonly type: 'PlanTransferred';
      readonly data: PlanContent & {
        readonly toAgency: string;
        readonly owner: string;
        readonly authorisationId: string;
      };
    }
  | { readonly type: 'PlanClosed'; readonly data: { readonly outcome: PlanOutcome; readonly note: Sealed | null } };

export type PlanEvent = {
  [Fact in PlanFact as Fact['type']]: { readonly type: Fact['type']; readonly data: Fact['data'] & About };
}[PlanFact['type']];

export type EscalatedTo = 'owner' | 'supervisor' | 'agency-admin';

export interface Task {
  readonly taskId: string;
  readonly kind: TaskKind;
  /** The directory service, or the consent, that gave rise to it. */
  readonly about: string | null;
  readonly dueOn: string;
}
