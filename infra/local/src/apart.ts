import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ServiceDefinition } from '@tsunagu/platform';

export interface Process {
  readonly pid: number | undefined;
  /** Asks it to finish what is in hand, and waits until it has gone. */
  stop(): Promise<void>;
}

const SERVICES = join(__dirname, '..', '..', '..', 'services');
const START_MS = 60_000;

/**
 * A service as a process of its own, told by its configuration file alone; settles when it is ready.
 * @throws Error with what it last said when it ends before, or takes more than a minute
 */
export async function startProcess(name: ServiceDefinition['name'], configuration: string): Promise<Process> {
  const child = spawn(process.execPath, [join(SERVICES, name, 'dist', 'main.js')], {
    env: { ...process.env, TSUNAGU_CONFIG: configuration },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const said: string[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${name} was not ready within a minute`)), START_MS);
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      if (line.startsWith(`${name} ready `)) resolve(clearTimeout(late));
    });
    void gone.then(() => reject(new Error(`${name} ended while starting: ${said.at(-1) ?? 'it said nothing'}`)));
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await gone;
  };
  await ready.catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { pid: child.pid, stop };
}
