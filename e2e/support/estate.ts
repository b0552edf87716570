import { declareTopics } from '@tsunagu/event-bus';
import {
  Configurations,
  declaredTopics,
  loadTown,
  portsFor,
  privateFolder,
  type Process,
  provision,
  secretsIn,
  services,
  settingsFrom,
  town,
  workerToken,
} from '@tsunagu/local';
import { brokerPart, postgresPart, type RunningBroker } from './engines';
import { Fleet, type FleetOptions, instancesOf, type Name } from './fleet';
import { Lines } from './lines';
import type { Part } from './part';
import { removeData, temporaryData } from './product';

/** The product as it runs in a data centre: each part is a process of its own that can be killed, each way can be cut. */
export interface Estate {
  /** Of the console, such as http://localhost:41234. */
  readonly url: string;
  readonly data: string;
  /** `host:port` of the broker, for whoever looks at it from outside. */
  readonly brokers: string;
  readonly postgres: Part;
  readonly broker: Part<RunningBroker>;
  readonly identity: Part<Process>;
  /** Instances of a service or of the console, named `intake-1`, `intake-2`, … */
  of(service: Name | 'console'): readonly Part<Process>[];
  /** Every way from an instance to what it calls; none when `direct`. */
  readonly lines: Lines;
  /** As the database's superuser. */
  databaseUrl(database: 'events' | 'reads' | 'keys' | 'bus'): string;
  /** Bearer token of a sample worker. */
  token(worker: string): Promise<string>;
  /** Names of parts that have ended by themselves, as often as they did. */
  crashed(): readonly string[];
  /** Mends every line and starts every part that is down. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export interface EstateOptions extends FleetOptions {
  /** What carries the bus. On PostgreSQL there is no broker, and nothing to cut: `direct`. */
  readonly bus: 'Kafka' | 'PostgreSQL';
}

/**
 * Starts everything, loads the town, and waits until it is ready. `instances`: processes of every service and of the
 * console. `direct`: nothing lies between the processes but, for several instances, the balancer.
 * @throws after having stopped what had started
 */
export async function startEstate({ bus = 'Kafka', ...options }: Partial<EstateOptions> = {}): Promise<Estate> {
  const data = await temporaryData();
  privateFolder(data);
  const names = services.map(({ name }) => name);
  const listeners = names.flatMap((name) => instancesOf(name, options.instances ?? 1));
  const parts = ['postgres', 'identity', 'kafka', 'console', ...names] as const;
  // None of them may be given to others while its part is down.
  const ports = await portsFor<(typeof parts)[number] | `${Name}-${number}`>(data, [...parts, ...listeners]);
  const brokers = `127.0.0.1:${ports.kafka}`;
  const settings = settingsFrom(
    { PORT: `${ports.console}`, TSUNAGU_DATA: data, KAFKA_BROKERS: bus === 'Kafka' ? brokers : '' },
    ['--apart'],
  );
  const configurations = new Configurations(settings, secretsIn(data), ports, services, town);
  configurations.write();
  const lines = new Lines();
  const fleet = new Fleet(data, configurations, ports, lines, {
    instances: 1,
    direct: false,
    environment: () => ({}),
    configure: (config) => config,
    ...options,
  });
  const postgres = postgresPart(data, configurations.server);
  const broker = brokerPart(data, ports.kafka, fleet.listeners);
  const close = async (): Promise<void> => {
    await fleet.stop();
    await Promise.allSettled([broker.stop(), postgres.stop(), lines.close()]);
    await removeData(data);
  };
  try {
    await fleet.prepare();
    await Promise.all([
      bus === 'Kafka' && broker.start(),
      postgres.start().then(() => provision(configurations.server, services)),
    ]);
    if (bus === 'Kafka') await declareTopics({ brokers: [brokers], clientId: 'estate' }, declaredTopics());
    await fleet.start();
    await loadTown({ origin: settings.origin, data, ...configurations.commandLine() }, () => undefined);
  } catch (error) {
    await close();
    throw error;
  }
  const { superuserPassword, port: database } = configurations.server;
  return {
    url: settings.origin,
    ...{ data, brokers, postgres, broker, lines, close },
    identity: fleet.identity,
    of: (service) => fleet.of(service),
    databaseUrl: (name) => `postgresql://postgres:${superuserPassword}@127.0.0.1:${database}/${name}`,
    token: (worker) => workerToken(configurations.commandLine(), worker),
    restore: async () => {
      lines.mendAll();
      await Promise.all([broker.start(), postgres.start(), fleet.start()]);
    },
    crashed: () =>
      [...fleet.all(), broker, postgres].flatMap((part) => Array.from({ length: part.crashes }, () => part.name)),
  };
}
