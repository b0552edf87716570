import type { RequestListener } from 'node:http';
import type { Cluster } from '../postgres/cluster.mjs';
import { consoleConfig, type InProcess, startConsole } from '@tsunagu/console';
import { startIdentity } from '@tsunagu/identity';
import { type RunningService, type ServiceDefinition, startService } from '@tsunagu/platform';
import { followErasures } from './backup/erasures';
import { startInstances, startProcess } from './apart';
import { Configurations } from './configurations';
import { provision, urlOf } from './databases';
import { mustNotRun, takeFolder } from './lock';
import { mustBeFree, portsFor } from './ports';
import { privateFolder } from './private-file';
import { type Secrets, secretsIn } from './secrets';
import type { Settings } from './settings';
import { loadTown, town } from './town';

export interface RunningTown {
  readonly secrets: Secrets;
  /** Resolves when the database has gone without being asked to. */
  readonly failed: Promise<void>;
  close(): Promise<void>;
}

export type Say = (line: string) => void;

type Closing = () => Promise<void>;

/** Services get this long to finish what is in hand before the database stops under them. */
const CLOSE_MS = 2_000;

/** Starts everything in this process, and the town in it once. What was started is stopped again when a later part fails. */
export async function startTown(
  settings: Settings,
  services: readonly ServiceDefinition[],
  say: Say,
): Promise<RunningTown> {
  mustNotRun(settings.data);
  await mustBeFree(settings.port, settings.host);
  privateFolder(settings.data);
  const folder = takeFolder(settings.data, settings.origin);
  const closings: Closing[] = [async () => folder.release()];
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= closeAll(closings));
  try {
    const secrets = secretsIn(settings.data);
    const names = services.map(({ name }) => name);
    const ports = await portsFor(settings.data, ['postgres', 'identity', ...names]);
    const configurations = new Configurations(settings, secrets, ports, services, town);
    configurations.write();
    const database = await startDatabase(settings, configurations, services, closings, say);
    await startParts(settings, configurations, services, closings, say);
    await loadTown({ origin: settings.origin, data: settings.data, ...configurations.commandLine() }, say);
    const failed = new Promise<void>((resolve) => {
      void database.exited.then(() => closed ?? resolve());
    });
    return { secrets, failed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startDatabase(
  { erasures }: Settings,
  { server }: Configurations,
  services: readonly ServiceDefinition[],
  closings: Closing[],
  say: Say,
): Promise<Cluster> {
  say('starting the database');
  const { startCluster } = await import('../postgres/cluster.mjs');
  const cluster = await startCluster({
    folder: server.folder,
    port: server.port,
    password: server.superuserPassword,
    settings: { max_connections: 400, shared_buffers: '64MB' },
    say,
  });
  closings.push(() => cluster.stop());
  await provision(server, services);
  const ledger = followErasures(urlOf(server, 'keys_owner', 'keys'), erasures, say);
  closings.push(() => ledger.stop());
  return cluster;
}

async function startParts(
  settings: Settings,
  configurations: Configurations,
  services: readonly ServiceDefinition[],
  closings: Closing[],
  say: Say,
): Promise<void> {
  say('starting the services');
  const identity = await startIdentity(configurations.identity());
  closings.push(() => identity.close());
  const ours = services.filter(({ name }) => !settings.without.includes(name));
  if (settings.apart) await startApart(settings, configurations, ours, closings, say);
  const inProcess = settings.apart ? {} : await startTogether(configurations, ours, closings);
  const console = await startConsole(consoleConfig.parse(configurations.console()), inProcess);
  closings.push(() => console.close());
}

async function startTogether(
  configurations: Configurations,
  services: readonly ServiceDefinition[],
  closings: Closing[],
): Promise<InProcess> {
  const running = new Map<ServiceDefinition, RunningService>();
  const stopServices: Closing = async () =>
    void (await Promise.all([...running.values()].map((service) => service.close())));
  closings.push(() => within(CLOSE_MS, stopServices()));
  for (const service of services) running.set(service, await startService(service, configurations.of(service)));
  await Promise.all([...running.values()].map((service) => service.work()));
  return Object.fromEntries([...running].map(([{ name }, { app }]) => [name, listenerOf(app)]));
}

const listenerOf =
  (app: RunningService['app']): RequestListener =>
  (request, response) =>
    void app.getHttpServer().emit('request', request, response);

/** The same packages as processes: nothing but their configuration files tells them apart from one process. */
async function startApart(
  { instances }: Settings,
  configurations: Configurations,
  services: readonly ServiceDefinition[],
  closings: Closing[],
  say: Say,
): Promise<void> {
  await Promise.all(
    services.map(async (service) => {
      const pids = await (instances > 1 ? severalOf(service) : oneOf(service));
      say(`${service.name} is ${pids.length > 1 ? 'processes' : 'process'} ${pids.join(', ')}`);
    }),
  );

  async function oneOf(service: ServiceDefinition) {
    const { pid, stop } = await startProcess(service.name, configurations.fileOf(service));
    closings.push(stop);
    return [pid];
  }

  async function severalOf(service: ServiceDefinition) {
    const files = Array.from({ length: instances }, (_, n) => configurations.writeInstance(service, n + 1));
    const { processes, close } = await startInstances(service.name, configurations.portOf(service), files);
    closings.push(close);
    return processes.map(({ pid }) => pid);
  }
}

/** Last started, first closed. */
async function closeAll(closings: Closing[]): Promise<void> {
  for (const closing of closings.splice(0).reverse()) await closing().catch(() => undefined);
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
