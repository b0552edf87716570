import { join, resolve } from 'node:path';
import { serviceNames, type ServiceName } from '@tsunagu/contracts';

export interface Settings {
  /** Where the console listens; `localhost` is loopback only, both IPv4 and IPv6. */
  readonly host: string;
  readonly port: number;
  /** The one address people use. */
  readonly origin: string;
  /** Absolute. */
  readonly data: string;
  /** Services that somebody runs in a process of their own. */
  readonly without: readonly ServiceName[];
  /** Every service in a process of its own. */
  readonly apart: boolean;
  /** How many processes of every service, when apart. */
  readonly instances: number;
  /** Ledger of erasures: a file that is best kept on another disk, for the day a backup is restored. Absolute. */
  readonly erasures: string;
  /** Kafka brokers (`host:port`) that carry the bus; none: PostgreSQL does. */
  readonly brokers: readonly string[];
}

/** A message for whoever started us; no stack. */
export class StartRefused extends Error {}

/** @throws StartRefused that names the setting and what it may be */
export function settingsFrom(environment: NodeJS.ProcessEnv, parameters: readonly string[]): Settings {
  const port = Number(environment['PORT'] ?? 8080);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new StartRefused(`PORT must be a number from 1 to 65535, not "${environment['PORT']}".`);
  }
  const brokers = (environment['KAFKA_BROKERS'] ?? '').split(',').filter((broker) => broker !== '');
  const data = resolve(environment['TSUNAGU_DATA'] ?? '.tsunagu');
  return {
    port,
    host: environment['HOST'] ?? 'localhost',
    origin: originFrom(environment['TSUNAGU_ORIGIN'] ?? `http://localhost:${port}`),
    data,
    erasures: resolve(environment['TSUNAGU_ERASURES'] ?? join(data, 'erasures.jsonl')),
    without: parameters.filter((parameter) => parameter.startsWith('--without=')).map(serviceFrom),
    apart: parameters.includes('--apart'),
    instances: instancesFrom(parameters),
    brokers,
  };
}

function originFrom(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/') return url.origin;
  throw new StartRefused(
    `TSUNAGU_ORIGIN must be an address without a path, such as http://localhost:8080, not "${text}".`,
  );
}

const MOST_INSTANCES = 8;

function instancesFrom(parameters: readonly string[]): number {
  const text = parameters.find((parameter) => parameter.startsWith('--instances='))?.slice('--instances='.length);
  const instances = Number(text ?? 1);
  if (Number.isInteger(instances) && instances >= 1 && instances <= MOST_INSTANCES) return instances;
  throw new StartRefused(`--instances= is a number from 1 to ${MOST_INSTANCES}, not "${text}".`);
}

function serviceFrom(parameter: string): ServiceName {
  const wanted = parameter.slice('--without='.length);
  const known = serviceNames.find((name) => name === wanted);
  if (known && known !== 'console') return known;
  throw new StartRefused(
    `--without= names a service: ${serviceNames.filter((name) => name !== 'console').join(', ')}.`,
  );
}
