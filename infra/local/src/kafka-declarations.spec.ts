import { retentionDaysOf, topics } from '@tsunagu/contracts';
import { startServices } from '@tsunagu/testing';
import { declaredRights, declaredTopics } from './kafka-declarations';
import { rightsOf } from './local';
import { services } from './services';

const sorted = (names: readonly string[]): string[] => [...names].sort();

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

  it('gives each service the rights that it has on the PostgreSQL bus', async () => {
    const town = await startServices(services);
    const needed = services.map((service) => {
      const app = town.running.get(service.name)?.app;
      if (!app) throw new Error(`${service.name} does not run`);
      const { publishes, reads } = rightsOf(service, app);
      const listed = publishes.filter((topic) => topics.includes(topic));
      return { service: service.name, publishes: sorted(listed), reads: sorted(reads) };
    });
    await town.close();
    expect(declaredRights()).toEqual(needed);
  });
});
