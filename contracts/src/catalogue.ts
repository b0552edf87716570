import type { ContractEvent } from './envelope';
import { consentEvents } from './consent/events.v1';
import { followUpEvents } from './follow-up/events.v1';
import { intakeEvents, intakeFacts } from './intake/events.v1';
import { journeyEvents } from './journey/events.v1';
import { referralEvents, referralFacts } from './referral/events.v1';

/** Every event on the bus. What is not here may not be published. */
export const catalogue: readonly ContractEvent[] = [
  intakeEvents,
  intakeFacts,
  consentEvents,
  referralEvents,
  referralFacts,
  followUpEvents,
  journeyEvents,
].flatMap((events): ContractEvent[] => Object.values(events));

export const topics: readonly string[] = [...new Set(catalogue.map((event) => event.topic))].sort();

/**
 * Days for which a topic keeps what was published on it, by its kind; null is for ever. Journeys and read models are
 * made again from `events`, so these stay. `facts` were counted long before a year has passed.
 */
const retentionDays = { events: null, facts: 365 } as const;

export const retentionDaysOf = (topic: string): number | null =>
  topic.endsWith('.facts') ? retentionDays.facts : retentionDays.events;
