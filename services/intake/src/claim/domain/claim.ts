import { type Decider, never, Rejection } from '@tsunagu/event-sourcing';
import type { ClaimEvent } from './events';

export type Claim =
  | { readonly status: 'none' }
  | {
      readonly status: 'issued';
      readonly personId: string;
      readonly salt: string;
      readonly hash: string;
      readonly failures: number;
      readonly blockedUntil: string | null;
    };

export type ClaimCommand =
  | { readonly type: 'IssueClaim'; readonly personId: string; readonly salt: string; readonly hash: string }
  /** `matches`: whether the code that was given is the one that was issued. */
  | { readonly type: 'TryClaim'; readonly matches: boolean; readonly now: string };

/** Slips of the pen before the first pause; each further one doubles it. */
const FREE_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 60 * 60_000;

export const claim: Decider<ClaimCommand, ClaimEvent, Claim> = {
  category: 'claim',
  initial: { status: 'none' },
  evolve,
  decide,
};

function evolve(state: Claim, event: ClaimEvent): Claim {
  if (event.type === 'ClaimIssued') return { status: 'issued', ...event.data, failures: 0, blockedUntil: null };
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'ClaimAccepted':
      return { ...state, failures: 0, blockedUntil: null };
    case 'ClaimRefused':
      return { ...state, failures: event.data.failures, blockedUntil: event.data.blockedUntil };
    default:
      return never(event);
  }
}

function decide(command: ClaimCommand, state: Claim): readonly ClaimEvent[] {
  if (command.type === 'IssueClaim') {
    if (state.status === 'issued') throw new Rejection('locator-taken', 'This code exists already; make another.');
    const { personId, salt, hash } = command;
    return [{ type: 'ClaimIssued', data: { personId, salt, hash } }];
  }
  if (state.status === 'none') throw new Rejection('claim-unknown', 'There is no such code.');
  requireUnblocked(state.blockedUntil, command.now);
  if (command.matches) return [{ type: 'ClaimAccepted', data: { at: command.now } }];
  const failures = state.failures + 1;
  return [
    { type: 'ClaimRefused', data: { at: command.now, failures, blockedUntil: pauseAfter(failures, command.now) } },
  ];
}

/** While the pause lasts the right code is refused like a wrong one, or the pause would slow nobody down. */
export function requireUnblocked(blockedUntil: string | null, now: string): void {
  if (blockedUntil === null || Date.parse(now) >= Date.parse(blockedUntil)) return;
  throw new Rejection(
    'too-many-attempts',
    'Too many wrong codes were tried. Wait up to an hour, then try again.',
    'claimCode',
  );
}

function pauseAfter(failures: number, now: string): string | null {
  if (failures < FREE_ATTEMPTS) return null;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (failures - FREE_ATTEMPTS), LONGEST_PAUSE_MS);
  return new Date(Date.parse(now) + pause).toISOString();
}
