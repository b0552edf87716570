import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { topics } from '@tsunagu/contracts';
import { declareTopics, type KafkaConnectionOptions } from '@tsunagu/event-bus';

/**
 * Whether specs may ask for a broker: KAFKA_BROKERS names one, or this machine can start one. Says aloud when not; with
 * CI set it never says so: there a spec fails instead.
 */
export function kafkaIsOffered(): boolean {
  if (process.env['KAFKA_BROKERS'] || process.env['CI']) return true;
  const missing = whyNot();
  if (missing === undefined) return true;
  process.stderr.write(`\nSKIPPED: the specs on Kafka did not run: ${missing}. Set KAFKA_BROKERS, or install it.\n`);
  return false;
}

function whyNot(): string | undefined {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(\d+)/.exec(java.stderr ?? '')?.[1] ?? 0);
  if (version < 17) return 'Java 17 or newer was not found';
  return spawnSync('mvn', ['-version']).status === 0 ? undefined : 'Maven was not found';
}

/** The brokers of this run. The first to ask has one started (jest's globalSetup listens); all share it. */
export async function testBrokers(): Promise<readonly string[]> {
  const given = process.env['KAFKA_BROKERS'];
  if (given) return given.split(',');
  const socket = process.env['TSUNAGU_TEST_KAFKA'];
  if (!socket)
    throw new Error('TSUNAGU_TEST_KAFKA is not set: run this through jest, whose globalSetup starts a broker');
  const answer = JSON.parse(await text(connect(socket))) as { brokers?: string; failed?: string };
  if (answer.brokers === undefined) throw new Error(answer.failed ?? 'no broker');
  return answer.brokers.split(',');
}

const PARTITIONS = 8;

/** Every topic of the contracts, fresh and empty, under a prefix of its own. */
export async function freshTopics(partitions = PARTITIONS): Promise<KafkaConnectionOptions> {
  const brokers = await testBrokers();
  const options = { brokers, clientId: 'spec', prefix: `t${randomBytes(6).toString('hex')}.` };
  await declareTopics(
    options,
    topics.map((name) => ({ name, partitions, retentionDays: 1 })),
  );
  return options;
}
