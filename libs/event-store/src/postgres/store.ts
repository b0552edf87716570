import { randomUUID } from 'node:crypto';
import type { EventStore } from '@tsunagu/event-sourcing';
import { Pool } from 'pg';
import type { PoolConfig } from 'pg';
import { Announcements } from './announcements';
import { AppendLane } from './append-lane';
import { appendMany } from './append-statement';
import { LogTail } from './log-tail';
import { Reader } from './reader';
import { LogSubscription } from './subscription';

export interface PostgresEventStoreOptions {
  /** Of the runtime role, in the database that `eventStoreSchemaSql` prepared. */
  readonly connectionString: string;
  readonly schema: string;
  /** Connections for reading; two more are used, one to append and one to listen. Default 4. */
  readonly readers?: number;
}

/** One service's log in PostgreSQL. */
export function postgresEventStore({ connectionString, schema, readers = 4 }: PostgresEventStoreOptions): EventStore {
  const config: PoolConfig = {
    connectionString,
    application_name: `${schema} log`,
    keepAlive: true,
    // The statements are prepared once, perhaps on an empty table: the plan must still fit when it is large.
    options: '-c enable_seqscan=off -c jit=off',
  };
  const writer = randomUUID();
  const lanePool = poolOf({ ...config, max: 1, idleTimeoutMillis: 0 });
  const readPool = poolOf({ ...config, max: readers });
  const reader = new Reader(readPool, schema);
  const tail = new LogTail(reader);
  const announcements = new Announcements(config, schema, writer);
  const subscriptions = new Set<LogSubscription>();
  const lane = new AppendLane({
    appendMany: appendMany(lanePool, schema, writer),
    held: (append) => reader.held(append),
    onCommit: ({ position }) => announcements.announce(position),
  });
  return {
    append: async (stream, expected, events) => {
      if (events.length === 0) throw new Error(`an append to ${stream} needs at least one event`);
      return lane.append({ stream, expected: expected === 'no-stream' ? -1 : expected, events });
    },
    load: (stream) => reader.load(stream),
    readStream: (stream, options) => reader.readStream(stream, options),
    readAll: (options) => reader.readAll(options),
    head: () => reader.head(),
    waitingSince: (after) => reader.waitingSince(after),
    subscribe: (options, onBatch) => {
      const subscription = new LogSubscription(tail, announcements, options, onBatch);
      subscriptions.add(subscription);
      return subscription;
    },
    close: async () => {
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
      await lane.drained();
      await Promise.all([announcements.close(), lanePool.end(), readPool.end()]);
    },
  };
}

/** An idle connection that the server closes is replaced at its next use; nothing is lost with it. */
function poolOf(config: PoolConfig): Pool {
  const pool = new Pool(config);
  pool.on('error', () => undefined);
  return pool;
}
