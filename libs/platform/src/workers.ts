import type { INestApplication } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import { relay } from '@tsunagu/event-bus';
import { projector } from '@tsunagu/read-models';
import { CaughtUp } from './caught-up';
import { ClockRunner } from './clock-runner';
import type { ServiceConfig } from './config';
import { consuming } from './consuming';
import { schemaOf, type ServiceDefinition } from './definition';
import type { Engines } from './engines';
import type { Check } from './health';
import type { Clock } from './injection';
import { lagsOf, notTooFarBehind } from './lags';
import { outgoingOf } from './outgoing';
import { retention } from './retention';
import { inProjectionSpan, tracedPublish } from './telemetry/events';
import { ownGauges, workGauges } from './telemetry/gauges';
import type { Telemetry } from './telemetry/telemetry';

export interface Workers {
  readonly checks: readonly Check[];
  /** Events of its own log that a read model or the bus has not seen yet, and bus events that a consumer has not. */
  lag(): Promise<number>;
  stop(): Promise<void>;
}

/** Everything of a service that goes on between requests. */
export async function startWorkers(
  definition: ServiceDefinition,
  config: ServiceConfig,
  clock: Clock,
  app: INestApplication,
  engines: Engines | undefined,
  telemetry: Telemetry,
): Promise<Workers> {
  if (!engines) return { checks: [], lag: async () => 0, stop: async () => undefined };
  const logger = new Logger(definition.name);
  const onError = (error: unknown): void =>
    logger.error({ worker: 'background', error: error instanceof Error ? error.name : typeof error });
  const schema = schemaOf(definition.name);
  const system = config.kafka ? 'kafka' : 'postgresql';
  const projection = projector({
    store: engines.store,
    dataSource: engines.reads,
    models: [...(definition.readModels ?? [])],
    onError,
    around: (model, events, work) => inProjectionSpan(telemetry, model, events, work),
  });
  app.get(CaughtUp).follow(() => projection.lag());
  const factKey = Buffer.from(config.secrets.fingerprintKey, 'base64');
  const publishing = relay({
    name: schema,
    store: engines.store,
    bus: { publish: tracedPublish((events) => engines.bus.publish(events), system, telemetry) },
    publish: outgoingOf(definition, factKey),
    pool: engines.readsPool,
    onError,
  });
  const groups = (definition.consumers ?? []).map((type) => app.get(type, { strict: false }));
  const consumers = await consuming(groups, engines, system, telemetry);
  const clocks = new ClockRunner(engines.readsPool, clock);
  for (const type of definition.clocks ?? []) clocks.start(`${schema}:${type.name}`, app.get(type, { strict: false }));
  clocks.start(`${schema}:retention`, retention(engines.bus, engines.readsPool, groups));
  const lags = lagsOf(projection, publishing, engines, groups);
  const gauges = [
    ...workGauges(telemetry, lags, publishing, engines.bus, groups),
    ...ownGauges(telemetry, definition, app, clock),
  ];
  return {
    checks: [notTooFarBehind(lags, config.lagBound)],
    lag: async () => (await lags.all()).reduce((sum, { events }) => sum + events, 0),
    stop: async () => {
      for (const end of gauges) end();
      await Promise.all([
        projection.stop(),
        publishing.stop(),
        clocks.stop(),
        ...consumers.map((consumer) => consumer.stop()),
      ]);
    },
  };
}
