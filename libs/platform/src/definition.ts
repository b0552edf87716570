import type { Type } from '@nestjs/common';
import type { CloudEvent, ContractEvent, Publication, ServiceName } from '@tsunagu/contracts';
import type { RecordedEvent } from '@tsunagu/event-sourcing';
import type { ReadModel } from '@tsunagu/read-models';
import type { EntityManager, MigrationInterface } from 'typeorm';

/** What every consumer of the bus is, whatever it does. */
export interface Consuming {
  readonly group: string;
  /** What it reacts to; any other event on the same topics passes it by. */
  readonly events: readonly ContractEvent[];
}

/** Writes rows, once for each event: the inbox row is written in the same transaction as `tx`. */
export interface WritingConsumer extends Consuming {
  handle(event: CloudEvent, tx: EntityManager): Promise<void>;
}

/** Only gives commands, which do nothing when they come again (`contextFromEvent`); so it needs no transaction. */
export interface CommandingConsumer extends Consuming {
  react(event: CloudEvent): Promise<void>;
}

/** Does nothing but fold events into rows, several at once: they can be rebuilt from the bus. */
export interface FoldingConsumer extends Consuming {
  readonly models: FoldedModels;
}

export type BusConsumer = WritingConsumer | CommandingConsumer | FoldingConsumer;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- rows of different models have nothing in common
export type FoldedModels = readonly ReadModel<any, CloudEvent>[];

/** Work that time alone causes: overdue contacts, deadlines. Runs on one instance at a time. */
export interface ClockWork {
  readonly everyMs: number;
  run(now: Date): Promise<void>;
}

/** A number that the service's people watch beside the platform's own; read when metrics are sent (docs/observability.md). */
export interface ServiceGauge {
  /** OpenTelemetry's form, such as `tsunagu.contacts.overdue`. */
  readonly name: string;
  readonly description: string;
  /** In braces what is counted, such as `{contact}`; or a unit of UCUM. */
  readonly unit: string;
  read(now: Date): Promise<number>;
}

/** Everything that makes one service, as values: the platform starts it alone or beside the others. */
export interface ServiceDefinition {
  readonly name: ServiceName;
  readonly title: string;
  readonly description: string;
  readonly modules: readonly Type[];
  /** Flat TypeORM entities of its read models; without any, the service has no databases at all. */
  readonly entities?: readonly Type[];
  readonly migrations?: readonly (new () => MigrationInterface)[];
  /** Projections of its own log. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- rows of different models have nothing in common
  readonly readModels?: readonly ReadModel<any, RecordedEvent>[];
  readonly publish?: (event: RecordedEvent) => readonly Publication[];
  readonly consumers?: readonly Type<BusConsumer>[];
  readonly clocks?: readonly Type<ClockWork>[];
  readonly gauges?: readonly Type<ServiceGauge>[];
  /** False for a service that may never open a person's keys. */
  readonly seals?: boolean;
}

/** Name of its schemas and database role. */
export const schemaOf = (service: ServiceName): string => service.replace('-', '_');

/** What each consumer is and reacts to. These are plain fields, there without anything that would be injected. */
export const consumersOf = ({ consumers = [] }: ServiceDefinition): readonly (Consuming & Partial<FoldingConsumer>)[] =>
  consumers.map((Consumer) => {
    const made = new Consumer();
    const { group, events } = made;
    return { group, events, ...('models' in made ? { models: made.models } : {}) };
  });
