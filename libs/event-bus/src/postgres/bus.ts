import { catalogue, type CloudEvent } from '@tsunagu/contracts';
import { Pool } from 'pg';
import {
  type ConsumeOptions,
  type Consumer,
  DEAD_LETTERS,
  type DeadLetter,
  type EventBus,
  type Outgoing,
} from '../port';
import { type Catalogue, publishable } from '../publishable';
import { inTime } from '../check';
import { Progress } from '../progress';
import { patient, type RetryPolicy } from '../retry';
import { GroupConsumer, type Places } from './group-consumer';
import { readThrough } from './history';
import { isWhole, prune } from './pruning';
import { replay } from './replay';
import { Session } from './session';
import { Slots } from '../slots';
import { Tables } from './tables';

export interface PostgresEventBusOptions {
  /** Of the bus database, under the service's role. */
  readonly connectionString: string;
  readonly retry?: RetryPolicy;
  /** Most events handled at once by all consumers of this bus together; below the size of the pools that handlers use. */
  readonly concurrency?: number;
  /** Told of what went wrong in the background; it is tried again by itself. */
  readonly onError?: (error: unknown) => void;
  readonly contracts?: Catalogue;
}

const POOL_SIZE = 4;
const CONCURRENCY = 4;
/** Twenty statements a second for all groups of a service, however many events they handle. */
const SAVE_EVERY_MS = 50;

/** The bus in a PostgreSQL database (`busSchemaSql`). Connects when first used. */
export function postgresEventBus(options: PostgresEventBusOptions): EventBus {
  return new PostgresEventBus(options);
}

class PostgresEventBus implements EventBus {
  private readonly pool: Pool;
  private readonly tables: Tables;
  private readonly progress: Places;
  private readonly session: Session;
  private readonly slots: Slots;
  private readonly onError: (error: unknown) => void;
  private readonly consumers = new Set<GroupConsumer>();
  private closing: Promise<void> | undefined;

  constructor(private readonly options: PostgresEventBusOptions) {
    this.onError = options.onError ?? (() => undefined);
    this.pool = new Pool({ connectionString: options.connectionString, max: POOL_SIZE });
    this.pool.on('error', this.onError);
    this.tables = new Tables(this.pool);
    this.progress = new Progress({
      everyMs: SAVE_EVERY_MS,
      onError: this.onError,
      write: async (steps) => {
        const held = await this.tables.commit(steps);
        for (const { claim, overtaken } of steps) if (!held.has(claim)) overtaken();
      },
    });
    this.session = new Session(options.connectionString, this.onError);
    this.slots = new Slots(options.concurrency ?? CONCURRENCY);
  }

  async publish(events: readonly Outgoing[]): Promise<void> {
    const contracts = this.options.contracts ?? catalogue;
    if (events.length > 0) await this.tables.publish(events.map((event) => publishable(event, contracts)));
  }

  async consume(options: ConsumeOptions): Promise<Consumer> {
    const partitions = await this.tables.join(options.group, options.topics);
    const { tables, progress, session, slots, onError } = this;
    const retry = this.options.retry ?? patient;
    const consumer = new GroupConsumer({ ...options, partitions, tables, progress, session, slots, onError, retry });
    this.consumers.add(consumer);
    await consumer.start();
    return consumer;
  }

  check(): Promise<void> {
    return inTime(this.tables.check());
  }

  lag(group: string): Promise<number> {
    return this.tables.lag(group);
  }

  replay(group: string, from?: Date): Promise<void> {
    return replay(this.pool, group, from);
  }

  async history(topics: readonly string[], see: (events: readonly CloudEvent[]) => Promise<void>) {
    await readThrough(this.pool, topics, see);
    return { whole: await isWhole(this.pool, topics) };
  }

  prune(): Promise<number> {
    return prune(this.pool);
  }

  deadLetters(group?: string, most = DEAD_LETTERS): Promise<readonly DeadLetter[]> {
    return this.tables.deadLetters(group, most);
  }

  deadLetter(id: string): Promise<DeadLetter | undefined> {
    return this.tables.deadLetter(id);
  }

  redrive(id: string): Promise<void> {
    return this.tables.redrive(id);
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.stop()));
    this.progress.close();
    await this.session.close();
    await this.pool.end();
  }
}
