import type { RecordedEvent } from '@tsunagu/event-sourcing';
import type { CopyTarget } from '../copy';
import { KurrentLog } from './log';
import { connect } from './server';
import { kurrentEventStore, type KurrentEventStoreOptions } from './store';

/** Far below the megabyte that the server takes in one append. */
const MOST_AT_ONCE = 100;

/** A KurrentDB log to copy into. One append at a time: that is what keeps the order between streams. */
export function kurrentCopyTarget(options: KurrentEventStoreOptions): CopyTarget {
  const store = kurrentEventStore(options);
  const log = new KurrentLog(connect(options.connectionString), options.prefix);
  const close = async (): Promise<void> => {
    await Promise.all([store.close(), log.close()]);
  };
  return {
    store: { ...store, close },
    add: async (events) => {
      for (const run of runsOf(events)) {
        const [first] = run;
        if (!first) continue;
        const expected = first.revision === 0 ? 'no-stream' : first.revision - 1;
        await log.append(
          first.stream,
          expected,
          run,
          run.map(({ recordedAt }) => recordedAt),
        );
      }
    },
  };
}

/** Neighbours of one stream go together. */
function runsOf(events: readonly RecordedEvent[]): readonly (readonly RecordedEvent[])[] {
  const runs: RecordedEvent[][] = [];
  for (const event of events) {
    const run = runs.at(-1);
    if (run && run[0]?.stream === event.stream && run.length < MOST_AT_ONCE) run.push(event);
    else runs.push([event]);
  }
  return runs;
}
