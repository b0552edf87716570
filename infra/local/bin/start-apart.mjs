/** `npm run start:apart`: every service in a process of its own, on a real Kafka broker (KAFKA_BROKERS, or one of its own). */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { build, install, refuse, root } from './prepare.mjs';

install();
build('local');
if (!process.env.KAFKA_BROKERS) process.env.KAFKA_BROKERS = await ownBroker();
const topics = spawnSync(
  process.execPath,
  [join(root, 'infra/deploy/dist/kafka-topics.js'), '--brokers', process.env.KAFKA_BROKERS],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
if (topics.status !== 0) refuse('The topics could not be made; the messages are above. Does the broker answer?');
process.argv.push('--apart');
await import('../dist/main.js');

/** A broker that lives and dies with this process; what it stores stays in the data folder. */
async function ownBroker() {
  const { startBroker, whyNot } = await import('../../kafka/broker.mjs');
  const missing = whyNot();
  if (missing)
    refuse(`No Kafka broker here: ${missing}. Install Java 17 or newer and Maven, or name a broker in KAFKA_BROKERS.`);
  process.stderr.write('Starting a Kafka broker …\n');
  const { brokers } = await startBroker({ folder: join(resolve(process.env.TSUNAGU_DATA ?? '.tsunagu'), 'kafka') });
  return brokers;
}
