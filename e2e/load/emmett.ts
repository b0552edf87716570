import { type Event } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore, type PostgresEventStore } from '@event-driven-io/emmett-postgresql';
import { type NewEvent } from '@tsunagu/event-sourcing';

export interface Emmett {
  readonly store: PostgresEventStore;
  append(stream: string, revision: number, events: readonly NewEvent[]): Promise<unknown>;
}

type Recorded = Event<string, Record<string, unknown>, Record<string, unknown>>;

const emmettEvent = ({ type, data, metadata }: NewEvent): Recorded => ({
  type,
  data: { ...data },
  metadata: { ...metadata },
});

/** The peer, as its own documentation sets it up. */
export async function emmett(url: string): Promise<Emmett> {
  const store = getPostgreSQLEventStore(url);
  await store.schema.migrate();
  return {
    store,
    append: (stream, revision, events) =>
      store.appendToStream(stream, events.map(emmettEvent), {
        expectedStreamVersion: revision === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(revision),
      }),
  };
}
