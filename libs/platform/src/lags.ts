import type { EventBus, Relay } from '@tsunagu/event-bus';
import type { Projector } from '@tsunagu/read-models';
import type { BusConsumer } from './definition';
import type { Check } from './health';

/** How far one part is behind. Read models and the relay stop counting at `atMost`. */
export interface Lag {
  readonly part: 'read model' | 'relay' | 'consumer';
  readonly name: string;
  readonly events: number;
}

export interface Lags {
  models(atMost?: number): Promise<readonly Lag[]>;
  consumers(): Promise<readonly Lag[]>;
  all(atMost?: number): Promise<readonly Lag[]>;
}

export function lagsOf(
  projection: Projector,
  publishing: Relay,
  { bus }: { readonly bus: EventBus },
  groups: readonly BusConsumer[],
): Lags {
  const models: Lags['models'] = async (atMost) =>
    [...(await projection.lags(atMost))].map(([name, events]) => ({ part: 'read model', name, events }));
  const consumers: Lags['consumers'] = () =>
    Promise.all(groups.map(async ({ group }) => ({ part: 'consumer', name: group, events: await bus.lag(group) })));
  const relay = async (atMost?: number): Promise<Lag> => ({
    part: 'relay',
    name: 'bus',
    events: await publishing.lag(atMost),
  });
  const all: Lags['all'] = async (atMost) => {
    const [ofModels, ofRelay, ofConsumers] = await Promise.all([models(atMost), relay(atMost), consumers()]);
    return [...ofModels, ofRelay, ...ofConsumers];
  };
  return { models, consumers, all };
}

/** What is asked of a service that is far behind would be answered as of long ago. */
export const notTooFarBehind = (lags: Lags, bound: number): Check => ({
  name: 'lag',
  run: async () => {
    const late = (await lags.all(bound + 1)).filter(({ events }) => events > bound);
    const names = late.map(({ part, name }) => `${part} ${name}`);
    if (late.length > 0) throw new Error(`more than ${bound} events behind: ${names.join(', ')}`);
  },
});
