import { type EventStore } from '@tsunagu/event-sourcing';
import { eventStoreSchemaSql, postgresEventStore } from '@tsunagu/event-store';
import { type Emmett, emmett } from './emmett';
import { type BenchPostgres, inDatabase } from './postgres';
import { type RawTable, rawTable } from './raw';

export interface Engines {
  readonly store: EventStore;
  /** In the database of `store`. */
  readonly raw: RawTable;
  readonly emmett: Emmett;
  readonly emmettUrl: string;
  readonly url: string;
  close(): Promise<void>;
}

/** Everything that is compared, each on an empty log of its own in one server. */
export async function openEngines(postgres: BenchPostgres): Promise<Engines> {
  const [url, emmettUrl] = [await postgres.database(), await postgres.database()];
  await inDatabase(url, (client) => client.query(eventStoreSchemaSql('log', 'postgres')));
  const store = postgresEventStore({ connectionString: url, schema: 'log' });
  const raw = await rawTable(url);
  const peer = await emmett(emmettUrl);
  return {
    store,
    raw,
    emmett: peer,
    emmettUrl,
    url,
    close: async () => {
      await Promise.all([store.close(), raw.pool.end(), peer.store.close()]);
    },
  };
}
