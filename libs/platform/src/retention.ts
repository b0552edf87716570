import { retentionDaysOf } from '@tsunagu/contracts';
import { type EventBus, pruneInbox } from '@tsunagu/event-bus';
import type { Pool } from 'pg';
import type { BusConsumer, ClockWork } from './definition';

const DAY_MS = 86_400_000;
/**
 * How long after its own time an event may be on the bus again: a relay that goes on from an old checkpoint, such as that
 * of a restored backup, publishes anew what it had published, and those copies are kept their full time from then.
 */
const LATEST_REPEAT_DAYS = 90;

/**
 * Once a day, lets go of facts that their topics no longer keep, and of the memory of having handled them. An inbox
 * forgets only what cannot come any more: for a group that reads any topic which is kept for ever, that is nothing,
 * since a replay from the beginning may bring each event again.
 */
export const retention = (bus: EventBus, reads: Pool, groups: readonly BusConsumer[]): ClockWork => ({
  everyMs: DAY_MS,
  run: async (now) => {
    await bus.prune();
    for (const consumer of groups) {
      const days = longestKept(consumer);
      if (days === null) continue;
      const before = new Date(now.getTime() - (days + LATEST_REPEAT_DAYS) * DAY_MS);
      await pruneInbox(reads, consumer.group, before);
    }
  },
});

/** null when one of its topics is kept for ever. */
function longestKept({ events }: BusConsumer): number | null {
  const days = events.map(({ topic }) => retentionDaysOf(topic));
  return days.reduce((longest, kept) => (longest === null || kept === null ? null : Math.max(longest, kept)), 0);
}
