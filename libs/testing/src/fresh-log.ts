import { eventStoreSchemaSql, postgresEventStore } from '@tsunagu/event-store';
import type { EventStore } from '@tsunagu/event-sourcing';
import { Client } from 'pg';
import { freshDatabase } from './database';

export interface FreshLog {
  /** Superuser URL of the log's database. */
  readonly ownerUrl: string;
  /** URL of the role that services run under. */
  readonly runtimeUrl: string;
  readonly schema: string;
  /** Another store over the same log, as another process would have. */
  open(): EventStore;
}

/** A new, empty PostgreSQL log in a database of its own, and its runtime role. */
export async function freshLog(schema = 'log'): Promise<FreshLog> {
  const ownerUrl = await freshDatabase();
  const role = `${new URL(ownerUrl).pathname.slice(1)}_log`;
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'test'`);
  await owner.query(eventStoreSchemaSql(schema, role));
  await owner.end();
  const runtime = new URL(ownerUrl);
  runtime.username = role;
  return {
    ownerUrl,
    runtimeUrl: runtime.href,
    schema,
    open: () => postgresEventStore({ connectionString: runtime.href, schema }),
  };
}
