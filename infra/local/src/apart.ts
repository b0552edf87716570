import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ServiceDefinition } from '@tsunagu/platform';
import { type Balancer, balance } from './balancer';

export interface Process {
  readonly pid: number | undefined;
  /** Where it answers. */
  readonly url: string;
  /** Settles when it has gone, however. */
  readonly gone: Promise<void>;
  isGone(): boolean;
  /** Asks it to finish what is in hand, and waits until it has gone. */
  stop(): Promise<void>;
  /** As `kill -9` does: nothing is finished. */
  kill(): Promise<void>;
}

export interface ProcessOptions {
  /** Beside this process' own environment. */
  readonly environment?: NodeJS.ProcessEnv;
  /** File descriptor for what it says on standard error; this process' own when absent. */
  readonly log?: number;
  /** How long it may take to be ready; a minute when absent. */
  readonly withinMs?: number;
}

const ROOT = join(__dirname, '..', '..', '..');
const START_MS = 60_000;

/** The built `main` of a service, of the console, or of the identity provider. */
const mainOf = (name: ServiceDefinition['name'] | 'identity'): string =>
  join(ROOT, name === 'identity' ? 'infra' : 'services', name, 'dist', 'main.js');

/**
 * A part of the product as a process of its own, told by its configuration file alone; settles when it is ready.
 * @throws Error with what it last said when it ends before, or takes too long
 */
export async function startProcess(
  name: ServiceDefinition['name'] | 'identity',
  configuration: string,
  { environment = {}, log, withinMs = START_MS }: ProcessOptions = {},
): Promise<Process> {
  const child = spawn(process.execPath, [mainOf(name)], {
    env: { ...process.env, ...environment, TSUNAGU_CONFIG: configuration },
    stdio: ['ignore', 'pipe', log ?? 'inherit'],
  });
  const gone = once(child, 'exit').then(() => undefined);
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (isGone()) return;
    child.kill(signal);
    await gone;
  };
  const said: string[] = [];
  const ready = new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${name} was not ready within ${withinMs} ms`)), withinMs);
    if (child.stdout)
      createInterface({ input: child.stdout }).on('line', (line) => {
        said.push(line);
        const url = new RegExp(`^${name} ready (http\\S+)`).exec(line)?.[1];
        if (!url) return;
        clearTimeout(late);
        resolve(url);
      });
    void gone.then(() => {
      clearTimeout(late);
      reject(new Error(`${name} ended while starting: ${said.at(-1) ?? 'it said nothing'}`));
    });
  });
  const url = await ready.catch(async (error: unknown) => {
    await end('SIGTERM');
    throw error;
  });
  return { pid: child.pid, url, gone, isGone, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

export interface Instances {
  readonly processes: readonly Process[];
  close(): Promise<void>;
}

/** Several instances of one service behind its one address; each of the configurations leaves the port to the system. */
export async function startInstances(
  name: ServiceDefinition['name'],
  port: number,
  configurations: readonly string[],
): Promise<Instances> {
  const started = await Promise.allSettled(configurations.map((configuration) => startProcess(name, configuration)));
  const processes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const targets = (): number[] => processes.filter((one) => !one.isGone()).map(({ url }) => Number(new URL(url).port));
  let balancer: Balancer | undefined;
  const close = async (): Promise<void> => {
    await balancer?.close();
    await Promise.all(processes.map((one) => one.stop()));
  };
  try {
    const failed = started.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    balancer = await balance({ port, targets });
  } catch (error) {
    await close();
    throw error;
  }
  return { processes, close };
}
