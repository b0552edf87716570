import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import {
  type BusHarness,
  eventBusContract,
  eventually,
  freshDatabase,
  freshTopics,
  kafkaIsOffered,
  people,
  PLAN_TOPIC,
  planRevised,
} from '@tsunagu/testing';
import { Kafka, type KafkaMessage, logLevel, Partitioners } from 'kafkajs';
import { Pool } from 'pg';
import {
  type EventBus,
  inboxSchemaSql,
  kafkaEventBus,
  type KafkaConnectionOptions,
  type KafkaEventBusOptions,
} from '../index';

/** What a broker accepts by default at least. */
const SESSION_TIMEOUT_MS = 6_000;
const PATIENCE_MS = 45_000;

interface Fixture extends BusHarness {
  readonly connection: KafkaConnectionOptions;
}

async function fixture(): Promise<Fixture> {
  const [connection, url] = await Promise.all([freshTopics(), freshDatabase()]);
  const reads = new Pool({ connectionString: url });
  await reads.query(inboxSchemaSql);
  const retry = { attempts: 3, firstDelayMs: 0, maxDelayMs: 0 };
  const opened: (() => Promise<unknown>)[] = [() => reads.end()];
  const open = (more: Partial<KafkaConnectionOptions> = {}): EventBus => {
    const bus = kafkaEventBus({ ...connection, ...more, retry, sessionTimeoutMs: SESSION_TIMEOUT_MS });
    opened.unshift(() => bus.close());
    return bus;
  };
  let dead = false;
  const openMortal = async (): Promise<{ bus: EventBus; die(): Promise<void> }> => {
    const sockets = new Set<Socket>();
    const socketFactory: KafkaConnectionOptions['socketFactory'] = ({ host, port, onConnect }) => {
      const socket = connect({ host, port }, onConnect);
      sockets.add(socket);
      if (dead) socket.destroy(new Error('dead'));
      return socket;
    };
    const die = async (): Promise<void> => {
      dead = true;
      sockets.forEach((socket) => socket.destroy(new Error('dead')));
    };
    return { bus: open({ socketFactory }), die };
  };
  const close = async (): Promise<void> => {
    // The test is over: what is left of the dead instance may end.
    dead = false;
    for (const one of opened.splice(0)) await one();
  };
  return { open: () => open(), openMortal, reads, patienceMs: PATIENCE_MS, close, connection };
}

(kafkaIsOffered() ? describe : describe.skip)('on a real broker', () => {
  jest.setTimeout(120_000);

  eventBusContract('the Kafka bus', fixture);

  describe('the Kafka bus', () => {
    const topics = [PLAN_TOPIC];
    const opened: EventBus[] = [];
    afterEach(() => Promise.all(opened.splice(0).map((bus) => bus.close())));

    const open = (connection: KafkaConnectionOptions, more: Partial<KafkaEventBusOptions> = {}): EventBus => {
      const bus = kafkaEventBus({ ...connection, sessionTimeoutMs: SESSION_TIMEOUT_MS, ...more });
      opened.push(bus);
      return bus;
    };
    const clientOf = ({ brokers }: KafkaConnectionOptions): Kafka =>
      new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });

    it('sends CloudEvents as others read them: the person as the key, type and trace in the headers', async () => {
      const connection = await freshTopics(1);
      const { topic, event } = planRevised(randomUUID(), 0);
      const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
      await open(connection).publish([{ topic, event: { ...event, traceparent } }]);
      const seen: KafkaMessage[] = [];
      const reader = clientOf(connection).consumer({ groupId: randomUUID() });
      await reader.connect();
      await reader.subscribe({ topic: `${connection.prefix}${topic}`, fromBeginning: true });
      await reader.run({ eachMessage: async ({ message }) => void seen.push(message) });
      const message = await eventually(() => {
        const [first] = seen;
        if (!first) throw new Error('nothing yet');
        return first;
      });
      await reader.disconnect();
      expect(String(message.key)).toBe(event.partitionkey);
      expect(String(message.headers?.['content-type'])).toBe('application/cloudevents+json; charset=utf-8');
      expect(String(message.headers?.['traceparent'])).toBe(traceparent);
      expect(JSON.parse(String(message.value))).toEqual({ ...event, traceparent });
    });

    it('sets aside what is no event by its place alone, and goes on', async () => {
      const connection = await freshTopics(1);
      const producer = clientOf(connection).producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      const messages = ['山田太郎', '{"name":"山田太郎"}', null].map((value) => ({ value }));
      await producer.send({ topic: `${connection.prefix}${PLAN_TOPIC}`, messages });
      await producer.disconnect();
      const bus = open(connection);
      await bus.publish([planRevised(randomUUID(), 7)]);
      const seen: number[] = [];
      await bus.consume({ group: 'g', topics, handle: async ({ revision }) => void seen.push(revision) });
      await eventually(async () => expect(await bus.lag('g')).toBe(0), PATIENCE_MS);
      expect(seen).toEqual([7]);
      const letters = await bus.deadLetters('g');
      expect(letters.map(({ reason, event }) => [reason, event.subject])).toEqual(
        [0, 1, 2].map((offset) => ['not-a-cloudevent', `${PLAN_TOPIC}/0/${offset}`]),
      );
      expect(JSON.stringify(letters)).not.toContain('山田');
      await bus.redrive(letters[0]?.id ?? '');
      await eventually(async () => expect(await bus.lag('g')).toBe(0), PATIENCE_MS);
      expect(await bus.deadLetters('g')).toHaveLength(3);
    });

    it('stays a member while an event waits for its next try or takes long, and serves the others meanwhile', async () => {
      const connection = await freshTopics(8);
      const retry = { attempts: 3, firstDelayMs: 2_000, maxDelayMs: 5_000 };
      const bus = open(connection, { retry });
      const [ill, slow, ...well] = people(12);
      const tries: { at: number; others: number }[] = [];
      const seen: string[] = [];
      await bus.publish([ill, slow, ...well].map((person) => planRevised(person ?? '', 0)));
      await bus.consume({
        group: 'g',
        topics,
        handle: async ({ partitionkey }) => {
          if (partitionkey === ill) {
            tries.push({ at: Date.now(), others: seen.length });
            throw new Error('always');
          }
          const until = Date.now() + (partitionkey === slow ? SESSION_TIMEOUT_MS + 1_000 : 0);
          await eventually(() => expect(Date.now()).toBeGreaterThanOrEqual(until), PATIENCE_MS);
          seen.push(partitionkey);
        },
      });
      await eventually(async () => expect(await bus.lag('g')).toBe(0), PATIENCE_MS);
      expect([...seen].sort()).toEqual([slow, ...well].sort());
      const [first, second, third] = tries.map(({ at }) => at);
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(2_000);
      expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(5_000);
      expect(tries.map(({ others }) => others > 0)).toEqual([expect.anything(), true, true]);
      expect(await bus.deadLetters('g')).toHaveLength(1);
    });

    it('begins by itself when no broker answered at the start', async () => {
      const connection = await freshTopics(2);
      let broken = true;
      const socketFactory: KafkaConnectionOptions['socketFactory'] = ({ host, port, onConnect }) => {
        const socket = connect({ host, port }, onConnect);
        if (broken) socket.destroy(new Error('cut'));
        return socket;
      };
      const bus = open({ ...connection, socketFactory });
      const seen: number[] = [];
      await bus.consume({ group: 'g', topics, handle: async ({ revision }) => void seen.push(revision) });
      broken = false;
      await eventually(() => bus.publish([planRevised(randomUUID(), 1)]), PATIENCE_MS);
      await eventually(() => expect(seen).toContain(1), PATIENCE_MS);
    });

    it('goes on by itself after every connection broke and none could be made for a while', async () => {
      const connection = await freshTopics(2);
      const sockets = new Set<Socket>();
      let refused = 0;
      let broken = false;
      const socketFactory: KafkaConnectionOptions['socketFactory'] = ({ host, port, onConnect }) => {
        const socket = connect({ host, port }, onConnect);
        sockets.add(socket);
        if (broken) socket.destroy(new Error(`cut ${(refused += 1)}`));
        return socket;
      };
      const bus = open({ ...connection, socketFactory });
      const seen = new Set<number>();
      await bus.consume({ group: 'g', topics, handle: async ({ revision }) => void seen.add(revision) });
      await bus.publish([planRevised(randomUUID(), 1)]);
      await eventually(() => expect(seen).toEqual(new Set([1])), PATIENCE_MS);
      broken = true;
      sockets.forEach((socket) => socket.destroy(new Error('cut')));
      await expect(bus.publish([planRevised(randomUUID(), 2)])).rejects.toThrow();
      await eventually(() => expect(refused).toBeGreaterThan(12), PATIENCE_MS);
      broken = false;
      await eventually(() => bus.publish([planRevised(randomUUID(), 3)]), PATIENCE_MS);
      await eventually(() => expect(seen).toContain(3), PATIENCE_MS);
      await eventually(async () => expect(await bus.lag('g')).toBe(0));
    });
  });
});
