import type { INestApplication } from '@nestjs/common';
import type { EventBus, Relay } from '@tsunagu/event-bus';
import type { BusConsumer, ServiceDefinition } from '../definition';
import { Health } from '../health';
import type { Clock } from '../injection';
import type { Lag, Lags } from '../lags';
import type { Reading, Telemetry } from './telemetry';

type End = () => void;

/** How far the work between requests has got. Every instance tells the same of what its service's instances share. */
export function workGauges(
  telemetry: Telemetry,
  lags: Lags,
  publishing: Relay,
  bus: EventBus,
  groups: readonly BusConsumer[],
): readonly End[] {
  const late = async (): Promise<readonly Reading[]> => {
    const since = await publishing.waitingSince();
    // eslint-disable-next-line no-restricted-properties -- since is an instant of the clock
    return [{ value: since ? Math.max(0, Date.now() - since.getTime()) / 1_000 : 0, attributes: {} }];
  };
  const letters = (): Promise<readonly Reading[]> =>
    Promise.all(
      groups.map(async ({ group }) => ({ value: (await bus.deadLetters(group)).length, attributes: { group } })),
    );
  const behind = (label: string, read: () => Promise<readonly Lag[]>) => async (): Promise<readonly Reading[]> =>
    (await read()).map(({ name, events }) => ({ value: events, attributes: { [label]: name } }));
  return [
    telemetry.gauge(
      'tsunagu.subscription.lag',
      'Events of its own log that a read model has yet to fold; counted up to 10,001.',
      '{event}',
      behind('read_model', () => lags.models()),
    ),
    telemetry.gauge(
      'tsunagu.consumer.lag',
      'Events on the bus that a consumer has yet to handle.',
      '{event}',
      behind('group', () => lags.consumers()),
    ),
    telemetry.gauge('tsunagu.outbox.age', 'Age of the oldest event of the log that is not yet on the bus.', 's', late),
    telemetry.gauge('tsunagu.dead_letters', 'Events that a consumer has set aside.', '{event}', letters),
  ];
}

/** What the service itself wants watched, and whether it is ready. */
export function ownGauges(
  telemetry: Telemetry,
  { gauges = [] }: ServiceDefinition,
  app: INestApplication,
  clock: Clock,
): readonly End[] {
  const health = app.get(Health);
  const ready = async (): Promise<readonly Reading[]> => [
    { value: (await health.report()).ready ? 1 : 0, attributes: {} },
  ];
  return [
    telemetry.gauge('tsunagu.ready', 'Whether the service is ready (1) or not (0), as /health/ready says.', '', ready),
    ...gauges.map((type) => {
      const gauge = app.get(type, { strict: false });
      const read = async (): Promise<readonly Reading[]> => [{ value: await gauge.read(clock.now()), attributes: {} }];
      return telemetry.gauge(gauge.name, gauge.description, gauge.unit, read);
    }),
  ];
}
