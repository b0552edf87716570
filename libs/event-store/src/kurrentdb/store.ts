import type { EventStore } from '@tsunagu/event-sourcing';
import { loaded } from './event';
import { KurrentLog } from './log';
import { connect } from './server';
import { LogSubscription } from './subscription';

export interface KurrentEventStoreOptions {
  /** `esdb://user:password@host:2113?tlsCAFile=…`; also `esdb+discover://` and several hosts (a cluster). */
  readonly connectionString: string;
  /** The service: its streams are `<prefix>.<category>-<id>`. */
  readonly prefix: string;
}

/** One service's log in KurrentDB or EventStoreDB (22.6 or later). */
export function kurrentEventStore({ connectionString, prefix }: KurrentEventStoreOptions): EventStore {
  const log = new KurrentLog(connect(connectionString), prefix);
  const subscriptions = new Set<LogSubscription>();
  return {
    append: (stream, expected, events) => log.append(stream, expected, events),
    load: async (stream) => (await log.readStream(stream)).map(loaded),
    readStream: (stream, options) => log.readStream(stream, options),
    readAll: (options) => log.readAll(options),
    head: () => log.head(),
    waitingSince: async (after) => {
      const [oldest] = await log.readAll({ ...(after && { after }), limit: 1 });
      return oldest && new Date(oldest.recordedAt);
    },
    subscribe: (options, onBatch) => {
      const subscription = new LogSubscription(log.client, prefix, options, onBatch);
      subscriptions.add(subscription);
      return subscription;
    },
    close: async () => {
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
      await log.close();
    },
  };
}
