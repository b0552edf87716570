import { type CloudEvent, topics } from '@tsunagu/contracts';
import { type EventBus, kafkaEventBus } from '@tsunagu/event-bus';
import type { EventStore, Position } from '@tsunagu/event-sourcing';
import { services } from '@tsunagu/local';
import { consumersOf, openEventStore, outgoingOf, readConfig, schemaOf } from '@tsunagu/platform';
import { Pool } from 'pg';
import type { Estate } from '../support/estate';

interface Watched {
  readonly name: string;
  readonly schema: string;
  readonly store: EventStore;
  readonly outgoing: ReturnType<typeof outgoingOf>;
}

const PAGE = 5_000;
const ABOUT_PERSONS = topics.filter((topic) => topic.endsWith('.events'));

/** Looks at the engines from outside, past every line that is cut. */
export class Observer {
  readonly bus: EventBus;
  private readonly reads: Pool;
  private readonly watched: readonly Watched[];

  constructor(estate: Estate) {
    this.bus = kafkaEventBus({ brokers: [estate.brokers], clientId: 'faults' });
    this.reads = new Pool({ connectionString: estate.databaseUrl('reads'), max: 2 });
    this.reads.on('error', () => undefined);
    this.watched = services.flatMap((definition) => {
      const { databases, secrets } = readConfig(definition.name, { TSUNAGU_DATA: estate.data });
      if (!databases) return [];
      const schema = schemaOf(definition.name);
      const outgoing = outgoingOf(definition, Buffer.from(secrets.fingerprintKey, 'base64'));
      return [{ name: definition.name, schema, store: openEventStore(databases.events, schema), outgoing }];
    });
  }

  /** Whose work is on its way: groups with bus events not handled, logs that a read model or the bus has not seen the end of. */
  async lagging(): Promise<readonly string[]> {
    const groups = services.flatMap((definition) => consumersOf(definition).map(({ group }) => group));
    const lags = await Promise.all([
      ...groups.map(async (group) => [group, await this.bus.lag(group)] as const),
      ...this.watched.map(async (service) => [`${service.name}'s log`, await this.behind(service)] as const),
    ]);
    return lags.filter(([, lag]) => lag > 0).map(([name, lag]) => `${name} (${lag})`);
  }

  /** Every event about a person that the logs hold, in the order of each log. */
  async logged(): Promise<readonly CloudEvent[]> {
    const events: CloudEvent[] = [];
    for (const { store, outgoing } of this.watched) {
      let after: Position | undefined;
      for (;;) {
        const page = await store.readAll({ ...(after === undefined ? {} : { after }), limit: PAGE });
        events.push(
          ...page.flatMap(outgoing).flatMap(({ topic, event }) => (topic.endsWith('.events') ? [event] : [])),
        );
        after = page.at(-1)?.position;
        if (page.length < PAGE) break;
      }
    }
    return events;
  }

  /** As they came to the bus, each key's in their order, repeats included. */
  async carried(): Promise<readonly CloudEvent[]> {
    const events: CloudEvent[] = [];
    await this.bus.history(ABOUT_PERSONS, async (some) => void events.push(...some));
    return events;
  }

  async close(): Promise<void> {
    await Promise.all([this.bus.close(), this.reads.end(), ...this.watched.map(({ store }) => store.close())]);
  }

  private async behind({ schema, store }: Watched): Promise<number> {
    const head = await store.head();
    if (head === undefined) return 0;
    const { rows } = await this.reads.query<{ position: string }>(
      `SELECT position FROM "${schema}".relay_checkpoints UNION ALL SELECT position FROM "${schema}".checkpoints`,
    );
    return rows.filter(({ position }) => position < head).length + (rows.length === 0 ? 1 : 0);
  }
}
