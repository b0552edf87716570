import { upcast, type RecordedEvent } from '@tsunagu/event-sourcing';
import { consent, type ConsentState } from './domain/consent';
import type { ConsentEvent } from './domain/events';

/** What ends a permission takes effect when it is recorded, so it says nothing about an instant before. */
const endings: readonly string[] = ['ConsentWithdrawn', 'EmergencyAccessReviewed'] satisfies ConsentEvent['type'][];

/**
 * Consent as it stood at `at`, by what had been recorded up to `knownAt`: with `knownAt` = `at` it is what anybody could
 * have known then; with `knownAt` = now it includes what was written down later about that time.
 */
export function consentAsOf(stream: readonly RecordedEvent[], at: Date, knownAt: Date): ConsentState {
  const known = stream.filter(({ recordedAt }) => Date.parse(recordedAt) <= knownAt.getTime());
  const effective = known.filter(
    ({ type, recordedAt }) => !endings.includes(type) || Date.parse(recordedAt) <= at.getTime(),
  );
  const state = effective.map((event): ConsentEvent => upcast(consent, event)).reduce(consent.evolve, consent.initial);
  return { ...state, revision: known.length - 1 };
}
