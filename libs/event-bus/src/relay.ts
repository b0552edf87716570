import {
  countAfter,
  type EventStore,
  type Position,
  type RecordedEvent,
  type Subscription,
} from '@tsunagu/event-sourcing';
import type { Pool, PoolClient } from 'pg';
import type { EventBus, Outgoing } from './port';
import { Progress } from './progress';
import { pause } from './retry';

export interface RelayOptions {
  /** Names the checkpoint; one per service. */
  readonly name: string;
  readonly store: EventStore;
  readonly bus: Pick<EventBus, 'publish'>;
  /** Pure: a repeat after a crash publishes the very same events, which consumers then recognise. */
  readonly publish: (event: RecordedEvent) => readonly Outgoing[];
  /** Of the database that holds the checkpoint (`inboxSchemaSql`). One connection stays in use while this runs. */
  readonly pool: Pool;
  /** Told of what failed; it is tried again. An event that breaks its contract stops the relay here until it is mended. */
  readonly onError?: (error: unknown) => void;
}

export interface Relay {
  /** Events of the log not yet on the bus, counted up to `atMost` (1,000). */
  lag(atMost?: number): Promise<number>;
  /** When the oldest event that is not yet on the bus was recorded; undefined when there is none. */
  waitingSince(): Promise<Date | undefined>;
  stop(): Promise<void>;
}

const RETRY_MS = 500;
const COUNTED = 1_000;
/** After a crash, what was published since is published again, and consumers recognise it. */
const SAVE_EVERY_MS = 50;

/**
 * Carries a service's log to the bus, in order, at least once: the checkpoint moves only after the bus has the events.
 * Of several instances one is active; when it dies the next goes on from the checkpoint.
 */
export function relay(options: RelayOptions): Relay {
  const stopping = new AbortController();
  const running = run(options, stopping.signal);
  return {
    lag: async (atMost = COUNTED) => countAfter(options.store, await savedPosition(options), atMost),
    waitingSince: async () => options.store.waitingSince(await savedPosition(options)),
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function run(options: RelayOptions, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      const client = await options.pool.connect();
      await whileConnected(client, stopping, (over) => takeTurn(options, client, over));
    } catch (error) {
      options.onError?.(error);
    }
    await pause(RETRY_MS, stopping);
  }
}

/** Runs `work` with a signal that also fires when the connection, and with it the lock, is lost. */
async function whileConnected(
  client: PoolClient,
  stopping: AbortSignal,
  work: (over: AbortSignal) => Promise<void>,
): Promise<void> {
  const lost = new AbortController();
  const lose = (): void => lost.abort();
  client.on('error', lose).on('end', lose);
  try {
    await work(AbortSignal.any([stopping, lost.signal]));
  } finally {
    // Closing the connection gives the lock back in every case. Its `error` stays heard: unheard, it would end the process.
    client.release(true);
  }
}

async function takeTurn(options: RelayOptions, client: PoolClient, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const { rows } = await client.query<{ mine: boolean }>(
      `SELECT pg_try_advisory_lock(hashtextextended('tsunagu.relay/' || current_schema() || '/' || $1, 0)) AS mine`,
      [options.name],
    );
    if (rows[0]?.mine) return carry(options, over);
    await pause(RETRY_MS, over);
  }
}

async function carry(options: RelayOptions, over: AbortSignal): Promise<void> {
  const { store, bus, publish, onError = () => undefined } = options;
  const after = await savedPosition(options);
  const progress = new Progress<'relay', Position>({
    everyMs: SAVE_EVERY_MS,
    write: ([position]) => savePosition(options, position),
    onError,
  });
  const subscription: Subscription = store.subscribe({ ...(after ? { after } : {}), onError }, async (events) => {
    const last = events.at(-1);
    if (!last || over.aborted) return;
    await bus.publish(events.flatMap(publish));
    progress.reached('relay', last.position);
  });
  if (!over.aborted) await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
  await subscription.stop();
  await progress.save().catch(onError);
  progress.close();
}

async function savedPosition({ pool, name }: RelayOptions): Promise<Position | undefined> {
  const { rows } = await pool.query<{ position: Position }>({
    name: 'relay-position',
    text: 'SELECT position FROM relay_checkpoints WHERE name = $1',
    values: [name],
  });
  return rows[0]?.position;
}

/** Never backwards: an instance that has lost its turn without noticing may still come here once. */
async function savePosition({ pool, name }: RelayOptions, position: Position | undefined): Promise<void> {
  if (position === undefined) return;
  await pool.query({
    name: 'relay-save',
    text: `INSERT INTO relay_checkpoints AS saved (name, position) VALUES ($1, $2)
           ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE saved.position < excluded.position`,
    values: [name, position],
  });
}
