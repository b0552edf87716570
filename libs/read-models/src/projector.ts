import { countAfter, type EventStore, type Position, type RecordedEvent } from '@tsunagu/event-sourcing';
import type { DataSource } from 'typeorm';
import { checkpointOf } from './checkpoints';
import { ModelProjection } from './model-projection';
import { ProjectionSession } from './projection-session';
import type { Around, ReadModel } from './read-model';
import { rebuild } from './rebuild';

export interface ProjectorOptions {
  readonly store: EventStore;
  /** The read models' database; its search path leads to their tables and `checkpoints`. */
  readonly dataSource: DataSource;
  readonly models: readonly ReadModel<object, RecordedEvent>[];
  readonly batchSize?: number;
  /** Told of every failure; the model starts over from its checkpoint after a growing delay. */
  readonly onError?: (error: unknown) => void;
  /** Told of every batch; it must do the work. For traces and measures. */
  readonly around?: Around;
}

const alone: Around = (_model, _events, work) => work();

export interface Projector {
  /** Events that the models have yet to fold, together. */
  lag(): Promise<number>;
  /** Events that each model has yet to fold, counted up to `atMost` (10,001). */
  lags(atMost?: number): Promise<ReadonlyMap<string, number>>;
  /** Folds the whole log again and puts the result in place of the model's rows at once. Returns the events read. */
  rebuild(name: string): Promise<number>;
  stop(): Promise<void>;
}

const COUNT_AT_MOST = 10_001;

/** Any number of instances may run: for each model one projects, the others take over when it is gone. */
export function projector(options: ProjectorOptions): Projector {
  const { store, dataSource, models, batchSize = 500, onError = () => undefined, around = alone } = options;
  const session = new ProjectionSession(dataSource);
  const projections = new Map(
    models.map((model) => [
      model.name,
      new ModelProjection({ store, dataSource, session, model, batchSize, onError, around }),
    ]),
  );
  const lags = async (atMost = COUNT_AT_MOST): Promise<ReadonlyMap<string, number>> => {
    const head = await store.head();
    const each = [...projections].map(async ([name, { position }]) => {
      const reached = position ?? (await checkpointOf(dataSource, name));
      return [name, await lagOf(store, head, reached, atMost)] as const;
    });
    return new Map(await Promise.all(each));
  };
  return {
    lags,
    lag: async () => [...(await lags()).values()].reduce((sum, lag) => sum + lag, 0),
    rebuild: async (name) => {
      const model = models.find((candidate) => candidate.name === name);
      if (!model) throw new Error(`there is no read model ${name} here`);
      return rebuild({ store, dataSource }, model);
    },
    stop: async () => {
      await Promise.all([...projections.values()].map((projection) => projection.stop()));
      await session.close();
    },
  };
}

async function lagOf(
  store: EventStore,
  head: Position | undefined,
  position: Position | undefined,
  atMost: number,
): Promise<number> {
  if (head === undefined || (position !== undefined && position >= head)) return 0;
  return countAfter(store, position, atMost);
}
