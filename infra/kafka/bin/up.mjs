/** `npm run kafka:up`: starts a broker that stays (KAFKA_PORT, 9092), waits until it answers, prints its address. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runningBroker, startBroker, whyNot } from '../broker.mjs';
import { folder } from './folder.mjs';

const missing = whyNot();
if (missing) {
  process.stderr.write(`No broker here: ${missing}. It needs Java 17 or newer and, the first time, Maven.\n`);
  process.exit(1);
}
const running = runningBroker(folder);
if (running) process.stdout.write(`${running.brokers}\n`);
else {
  try {
    const port = Number(process.env.KAFKA_PORT ?? 9092);
    const { brokers, pid } = await startBroker({ folder, port, detached: true });
    writeFileSync(join(folder, 'running.json'), JSON.stringify({ brokers, pid }));
    process.stdout.write(`${brokers}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
