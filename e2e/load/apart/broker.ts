import { join } from 'node:path';
import { brokerPart } from '../../support/engines';
import { freePort, removeData, temporaryData } from '../../support/product';

/** Runs on a real broker that is there for this alone. */
export async function* withBroker<T>(work: (broker: string) => AsyncGenerator<T>): AsyncGenerator<T> {
  const data = await temporaryData();
  const port = await freePort();
  const broker = brokerPart(join(data, 'broker'), port, []);
  await broker.start();
  try {
    yield* work(`127.0.0.1:${port}`);
  } finally {
    await broker.stop();
    await removeData(data);
  }
}
