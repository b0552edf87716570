import type { EventBus } from '@tsunagu/event-bus';
import type { EventStore } from '@tsunagu/event-sourcing';
import {
  openEventBus,
  openEventStore,
  readConfig,
  schemaOf,
  type ServiceConfig,
  type ServiceDefinition,
} from '@tsunagu/platform';
import { DataSource } from 'typeorm';

/** A service as it is installed here, whether it runs or not. */
export interface Installed {
  readonly definition: ServiceDefinition;
  readonly config: ServiceConfig;
}

export interface Opened {
  readonly store: EventStore;
  readonly bus: EventBus;
  /** The read models' database; its search path leads to the service's tables. */
  readonly reads: DataSource;
}

/** Those that keep anything, by the same configuration that their processes have. @throws Error as `readConfig` */
export const installedIn = (data: string, services: readonly ServiceDefinition[]): readonly Installed[] =>
  services
    .map((definition) => ({
      definition,
      config: readConfig(definition.name, { ...process.env, TSUNAGU_DATA: data }),
    }))
    .filter(({ config }) => config.databases !== undefined);

/** What the service stands on, opened with its own rights for the time of `work`. */
export async function during<T>({ definition, config }: Installed, work: (opened: Opened) => Promise<T>): Promise<T> {
  const { databases } = config;
  if (!databases) throw new Error(`${definition.name} keeps nothing`);
  const schema = schemaOf(definition.name);
  const reads = new DataSource({
    type: 'postgres',
    url: databases.reads.url,
    entities: [...(definition.entities ?? [])],
    extra: { options: `-c search_path=${schema}` },
    poolErrorHandler: () => undefined,
  });
  const store = openEventStore(databases.events, schema);
  const bus = openEventBus(definition.name, config);
  try {
    await reads.initialize();
    return await work({ store, bus, reads });
  } finally {
    await Promise.all([store.close(), bus.close(), reads.isInitialized ? reads.destroy() : undefined]);
  }
}
