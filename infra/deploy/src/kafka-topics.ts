import { parseArgs } from 'node:util';
import { declareTopics, grantRights, type KafkaConnectionOptions } from '@tsunagu/event-bus';
import { readConfigFile } from '@tsunagu/platform';
import { declaredRights, declaredTopics } from './kafka-declarations';

const USAGE = `npm run kafka:topics -- [options]
  --brokers host:port,…   default KAFKA_BROKERS, or 127.0.0.1:9092
  --config file.json      the \`kafka\` section of a service's configuration, env: and file: and all
  --replication 3         copies of every partition; two of them must have an event before it counts as published
  --rights                also give every service exactly what infra/kafka/rights.json says
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      brokers: { type: 'string' },
      config: { type: 'string' },
      replication: { type: 'string' },
      rights: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(USAGE);
  const brokers = (values.brokers ?? process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',');
  const section = values.config === undefined ? {} : (readConfigFile(values.config, process.env) as object);
  const connection: KafkaConnectionOptions = { brokers, ...section, clientId: 'tsunagu-topics' };
  const factor = Number(values.replication ?? 1);
  const topics = declaredTopics();
  await declareTopics(connection, topics, factor > 1 ? { factor, minInSync: 2 } : undefined);
  for (const { name, partitions } of topics) process.stdout.write(`${name} ${partitions} partitions\n`);
  if (!values.rights) return;
  const rights = declaredRights();
  await grantRights(connection, rights);
  for (const { service } of rights) process.stdout.write(`rights of ${service}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exitCode = 1;
});
