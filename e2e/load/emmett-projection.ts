import { type Event } from '@event-driven-io/emmett';
import { pongoSingleStreamProjection, rebuildPostgreSQLProjections } from '@event-driven-io/emmett-postgresql';

type NeedRecorded = Event<'NeedRecorded', { need: string; urgency: string; n: number }>;

interface NeedsDocument {
  readonly [key: string]: unknown;
  readonly need: string;
  readonly urgency: string;
  readonly count: number;
  readonly recent: number[];
}

const evolve = (document: NeedsDocument, { data }: NeedRecorded): NeedsDocument => ({
  need: data.need,
  urgency: data.urgency,
  count: document.count + 1,
  recent: [...document.recent, data.n].slice(-3),
});

/** The peer's own way: a single-stream projection, rebuilt from the beginning. */
export async function projectWithEmmett(connectionString: string, events: number, round: number): Promise<number> {
  const consumer = rebuildPostgreSQLProjections<NeedRecorded>({
    connectionString,
    pulling: { batchSize: 500 },
    projections: [
      pongoSingleStreamProjection<NeedsDocument, NeedRecorded>({
        collectionName: `needs_${round}`,
        canHandle: ['NeedRecorded'],
        evolve,
        initialState: () => ({ need: '', urgency: '', count: 0, recent: [] }),
      }),
    ],
  });
  await consumer.start();
  await consumer.close();
  return events;
}
