import { createServer } from 'node:net';
import { join } from 'node:path';
import { startBroker, whyNot } from '../../../infra/kafka/broker.mjs';

/** The services' names; `admin` may everything. */
const USERS = ['admin', 'intake', 'follow-up', 'journey'];

/**
 * One real broker per run, started only when the first spec asks for it: specs run in other processes, so they ask
 * through a socket. The broker ends with this process, however that ends.
 */
export async function offerKafka(folder) {
  let broker;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    broker ??= startBroker({ folder: join(folder, 'kafka'), users: USERS });
    broker.then(
      ({ brokers, secured }) => socket.end(JSON.stringify({ brokers, secured })),
      (error) => socket.end(JSON.stringify({ failed: error.message })),
    );
  });
  const path = join(folder, 'kafka.sock');
  await new Promise((resolve, reject) => server.once('error', reject).listen(path, resolve));
  server.unref();
  process.env.TSUNAGU_TEST_KAFKA = path;
  process.env.TSUNAGU_TEST_KAFKA_MISSING = whyNot() ?? '';
  return async () => {
    server.close();
    const started = await broker?.catch(() => undefined);
    await started?.stop();
  };
}
