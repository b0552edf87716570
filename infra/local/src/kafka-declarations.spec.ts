import { retentionDaysOf, topics } from '@tsunagu/contracts';
import { startServices } from '@tsunagu/testing';
import { declaredRights, declaredTopics } from './kafka-declarations';
import type { RunningService, ServiceDefinition } from '@tsunagu/platform';
import { services } from './services';

const sorted = (names: readonly string[]): string[] => [...names].sort();

/** What a service needs on the bus, whichever bus it is. */
function rightsOf({ name, consumers = [] }: ServiceDefinition, app: RunningService['app']) {
  const asked = consumers.flatMap((consumer) => app.get(consumer, { strict: false }).events.map(({ topic }) => topic));
  return {
    publishes: sorted(topics.filter((topic) => topic.startsWith(`tsunagu.${name}.`))),
    reads: sorted([...new Set(asked)]),
  };
}

describe('what infra/kafka declares', () => {
  it('are the topics of the contracts, no more and no fewer', () =>
    expect(declaredTopics().map(({ name }) => name)).toEqual(topics));

  it('keeps each topic as long as the PostgreSQL bus does: what a timeline is rebuilt from, for ever', () => {
    expect(declaredTopics().map(({ retentionDays }) => retentionDays)).toEqual(
      topics.map((topic) => retentionDaysOf(topic) ?? -1),
    );
    expect(topics.filter((topic) => retentionDaysOf(topic) !== null)).toEqual(
      topics.filter((topic) => topic.endsWith('.facts')),
    );
  });

  it('has the same number of partitions everywhere, so that all about a person is in one place', () =>
    expect(new Set(declaredTopics().map(({ partitions }) => partitions)).size).toBe(1));

  it('gives each service its own topics, and of the others’ what its consumers ask for', async () => {
    const town = await startServices(services);
    const needed = services.map((service) => {
      const app = town.running.get(service.name)?.app;
      if (!app) throw new Error(`${service.name} does not run`);
      return { service: service.name, ...rightsOf(service, app) };
    });
    await town.close();
    expect(declaredRights()).toEqual(needed);
  });
});
