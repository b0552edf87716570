import { randomBytes, randomUUID } from 'node:crypto';
import { eventually, kafkaIsOffered, PLAN_TOPIC, planRevised, securedAs } from '@tsunagu/testing';
import { declareTopics, type EventBus, grantRights, kafkaEventBus, type KafkaEventBusOptions } from '../index';

type User = Parameters<typeof securedAs>[0];

(kafkaIsOffered({ own: true }) ? describe : describe.skip)('Kafka behind TLS, SASL and rights per service', () => {
  jest.setTimeout(120_000);
  const prefix = `t${randomBytes(6).toString('hex')}.`;
  const event = planRevised(randomUUID(), 0);
  const opened: EventBus[] = [];

  const open = async (user: User, more: Partial<KafkaEventBusOptions> = {}): Promise<EventBus> => {
    const retry = { attempts: 1, firstDelayMs: 0, maxDelayMs: 0 };
    const bus = kafkaEventBus({ ...(await securedAs(user)), prefix, retry, ...more });
    opened.push(bus);
    return bus;
  };

  beforeAll(async () => {
    const admin = { ...(await securedAs('admin')), prefix };
    await declareTopics(admin, [{ name: PLAN_TOPIC, partitions: 2, retentionDays: 1 }]);
    await grantRights(admin, [
      { service: 'follow-up', publishes: [PLAN_TOPIC], reads: [] },
      { service: 'journey', publishes: [], reads: [PLAN_TOPIC] },
    ]);
  });
  afterAll(() => Promise.all(opened.map((bus) => bus.close())));

  it('a service publishes on its own topics and reads what it consumes, its dead letters included', async () => {
    const journey = await open('journey');
    const handle = async (): Promise<void> => {
      throw new RangeError('cannot');
    };
    await journey.consume({ group: 'journey-ledger', topics: [PLAN_TOPIC], handle });
    await (await open('follow-up')).publish([event]);
    const letters = await eventually(async () => {
      const found = await journey.deadLetters('journey-ledger');
      expect(found).toHaveLength(1);
      return found;
    }, 30_000);
    expect(letters).toMatchObject([{ group: 'journey-ledger', reason: 'RangeError', event: { id: event.event.id } }]);
    await eventually(async () => expect(await journey.lag('journey-ledger')).toBe(0));
  });

  it('and nothing else', async () => {
    await expect((await open('journey')).publish([event])).rejects.toThrow();
    await expect((await open('intake')).publish([event])).rejects.toThrow();
    const handle = async (): Promise<void> => undefined;
    const intake = await open('intake');
    await expect(intake.consume({ group: 'intake-x', topics: [PLAN_TOPIC], handle })).rejects.toThrow(
      'may not consume',
    );
    const errors: unknown[] = [];
    const seen: unknown[] = [];
    const followUp = await open('follow-up', { onError: (error) => errors.push(String(error)) });
    await followUp.consume({ group: 'follow-up-x', topics: [PLAN_TOPIC], handle: async (one) => void seen.push(one) });
    await eventually(() => expect(errors.join()).toContain('Not authorized'), 30_000);
    expect(seen).toEqual([]);
  });

  it("nor does it touch another's progress or dead letters", async () => {
    const followUp = await open('follow-up');
    await expect(followUp.replay('journey-ledger')).rejects.toThrow();
    await expect(followUp.lag('journey-ledger')).rejects.toThrow();
    expect(await followUp.deadLetters('journey-ledger')).toEqual([]);
  });

  it('nobody is let in with a wrong password, or trusted without the right authority', async () => {
    const { sasl } = await securedAs('follow-up');
    await expect(
      (await open('follow-up', { sasl: { ...sasl, password: 'guess' } })).publish([event]),
    ).rejects.toThrow();
    await expect((await open('follow-up', { ssl: true })).publish([event])).rejects.toThrow('certificate');
  });
});
