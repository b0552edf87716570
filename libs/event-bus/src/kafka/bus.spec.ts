import { connect, type Socket } from 'node:net';
import { type BusHarness, eventBusContract, freshDatabase, freshTopics, kafkaIsOffered } from '@tsunagu/testing';
import { Pool } from 'pg';
import { type EventBus, inboxSchemaSql, kafkaEventBus, type KafkaConnectionOptions } from '../index';

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
});
