import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { topics } from '@tsunagu/contracts';
import { declareTopics, type KafkaConnectionOptions } from '@tsunagu/event-bus';

/**
 * Whether specs may ask for a broker: KAFKA_BROKERS names one, or this machine can start one. Says aloud when not; with
 * CI set it never says so: there a spec fails instead.
 * @param own whether only a broker of ours will do, such as one with users and rights
 */
export function kafkaIsOffered({ own = false } = {}): boolean {
  if ((given() && !own) || process.env['CI']) return true;
  const missing = process.env['TSUNAGU_TEST_KAFKA_MISSING'];
  if (!missing) return true;
  process.stderr.write(`\nSKIPPED: specs on Kafka did not run: ${missing}. Install it, or set KAFKA_BROKERS.\n`);
  return false;
}

const given = (): string | undefined => process.env['KAFKA_BROKERS'] || undefined;

interface Started {
  readonly brokers: string;
  /** The same broker behind TLS and SASL/SCRAM; every user has this password. */
  readonly secured: { readonly brokers: string; readonly ca: string; readonly password: string };
}

/** The first to ask has the broker of this run started (jest's globalSetup listens); all share it. */
async function started(): Promise<Started> {
  const socket = process.env['TSUNAGU_TEST_KAFKA'];
  if (!socket)
    throw new Error('TSUNAGU_TEST_KAFKA is not set: run this through jest, whose globalSetup starts a broker');
  const answer = JSON.parse(await text(connect(socket))) as Started | { failed: string };
  if ('failed' in answer) throw new Error(answer.failed);
  return answer;
}

/** The brokers of this run. */
export const testBrokers = async (): Promise<readonly string[]> => (given() ?? (await started()).brokers).split(',');

/** How one user reaches the broker of this run over TLS: `admin` may everything, a service what it was given. */
export async function securedAs(
  username: 'admin' | 'intake' | 'follow-up' | 'journey',
): Promise<KafkaConnectionOptions & Required<Pick<KafkaConnectionOptions, 'ssl' | 'sasl'>>> {
  const { brokers, ca, password } = (await started()).secured;
  const sasl = { mechanism: 'scram-sha-512', username, password } as const;
  return { brokers: [brokers], clientId: username, ssl: { ca }, sasl };
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
