import { never, Rejection, type Decider } from '@tsunagu/event-sourcing';
import { emergencyLimits, type EmergencyTerms } from '../../consent/domain/emergency-terms';
import type { EmergencyEvent } from './events';

export interface UseEmergencyPrivilege extends EmergencyTerms {
  readonly type: 'UseEmergencyPrivilege';
  readonly accessId: string;
  readonly personId: string;
  readonly agency: string;
}

export interface ReviewEmergencyUse {
  readonly type: 'ReviewEmergencyUse';
  readonly accessId: string;
  readonly reviewer: string;
  readonly justified: boolean;
}

export type EmergencyCommand = UseEmergencyPrivilege | ReviewEmergencyUse;

/** Uses that nobody has reviewed yet. */
export interface EmergencyState {
  readonly unreviewed: readonly { readonly accessId: string; readonly reviewBy: string }[];
}

/** A worker's privilege to break the glass. It needs no clock to be suspended: an overdue review is a matter of reading. */
export const emergency: Decider<EmergencyCommand, EmergencyEvent, EmergencyState> = {
  category: 'emergency',
  initial: { unreviewed: [] },
  evolve,
  decide,
};

export const isSuspended = (state: EmergencyState, now: string): boolean =>
  state.unreviewed.some((use) => Date.parse(now) >= Date.parse(use.reviewBy));

function decide(command: EmergencyCommand, state: EmergencyState): readonly EmergencyEvent[] {
  switch (command.type) {
    case 'UseEmergencyPrivilege': {
      if (isSuspended(state, command.now)) {
        throw new Rejection(
          'emergency-privilege-suspended',
          'An earlier emergency access of yours was not reviewed within 72 hours. Ask your supervisor to review it first.',
        );
      }
      const { accessId, personId, agency } = command;
      const { reviewBy } = emergencyLimits(command);
      return [{ type: 'EmergencyPrivilegeUsed', data: { accessId, personId, agency, reviewBy } }];
    }
    case 'ReviewEmergencyUse': {
      const { accessId, reviewer, justified } = command;
      if (!state.unreviewed.some((use) => use.accessId === accessId)) return [];
      return [{ type: 'EmergencyUseReviewed', data: { accessId, reviewer, justified } }];
    }
    default:
      return never(command);
  }
}

function evolve(state: EmergencyState, event: EmergencyEvent): EmergencyState {
  switch (event.type) {
    case 'EmergencyPrivilegeUsed': {
      const { accessId, reviewBy } = event.data;
      return { unreviewed: [...state.unreviewed, { accessId, reviewBy }] };
    }
    case 'EmergencyUseReviewed':
      return { unreviewed: state.unreviewed.filter((use) => use.accessId !== event.data.accessId) };
    default:
      return never(event);
  }
}
