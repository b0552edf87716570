import type { Need } from '@tsunagu/contracts';
import type { Decider } from '@tsunagu/event-sourcing';
import type { UnmetNeedEvent } from './events';

/** `month` is the calendar month of the search, in the directory's time zone. */
export interface RecordUnmetNeed {
  readonly type: 'RecordUnmetNeed';
  readonly need: Need;
  readonly area: string | null;
  readonly month: string;
}

/** A difficulty that nothing in the community meets is worth keeping: one short stream for each search in vain. */
export const unmetNeed: Decider<RecordUnmetNeed, UnmetNeedEvent, 'none' | 'recorded'> = {
  category: 'unmetneed',
  initial: 'none',
  evolve: () => 'recorded',
  decide: ({ need, area, month }, state) =>
    state === 'recorded' ? [] : [{ type: 'UnmetNeedRecorded', data: { need, area, month } }],
};
