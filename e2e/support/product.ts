import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** The repository, from source (`e2e/support`) and from the build (`e2e/dist/support`) alike. */
export const ROOT = resolve(__dirname, __dirname.includes(`${join('e2e', 'dist')}`) ? '../../..' : '../..');

export interface Product {
  /** Such as http://localhost:41234, without a slash at the end. */
  readonly url: string;
  /** Its data folder. */
  readonly data: string;
  readonly process: ChildProcess;
  /** From the command to the line `ready`. */
  readonly startedInMs: number;
  /** Bearer token of a sample worker. */
  token(worker: string): Promise<string>;
  /** What it has printed so far. */
  output(): string;
  /** As Ctrl-C does. */
  stop(): Promise<void>;
  /** As `kill -9` does: nothing is finished, nothing is closed. */
  kill(): Promise<void>;
}

export interface ProductOptions {
  /** An existing data folder to start again on; a temporary one when absent. */
  readonly data?: string;
  readonly port?: number;
  /** `main`: the built product itself; the others first look whether anything must be installed or built. */
  readonly as?: keyof typeof SCRIPTS;
  /** Such as --instances=2. */
  readonly parameters?: readonly string[];
}

const SCRIPTS = {
  main: 'infra/local/dist/main.js',
  'npm start': 'infra/local/bin/start.mjs',
  'npm run start:apart': 'infra/local/bin/start-apart.mjs',
} as const;
const START_MS = 150_000;
const POLL_MS = 50;

/** Starts the built product as its own process and waits for its `ready` line. */
export async function startProduct({
  data,
  port,
  as = 'main',
  parameters = [],
}: ProductOptions = {}): Promise<Product> {
  const folder = data ?? (await temporaryData());
  const chosen = port ?? (await freePort());
  const environment = { ...process.env, PORT: String(chosen), TSUNAGU_DATA: folder, KAFKA_BROKERS: '' };
  const began = performance.now();
  const child = spawn(process.execPath, [join(ROOT, SCRIPTS[as]), ...parameters], {
    cwd: ROOT,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const listen = (chunk: Buffer): void => {
    printed += chunk.toString('utf8');
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  await ready(child, () => printed);
  const startedInMs = performance.now() - began;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  return {
    url: `http://localhost:${chosen}`,
    data: folder,
    process: child,
    startedInMs,
    token: (worker) => token(worker, environment),
    output: () => printed,
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
  };
}

/** Bearer token of a sample worker of the product that runs on TSUNAGU_DATA and PORT. */
export async function token(worker: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'infra/local/bin/token.mjs'), worker], {
    cwd: ROOT,
    env: environment,
  });
  return stdout.trim();
}

/** Its own temporary folder, which the database's user can reach. */
export async function temporaryData(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'tsunagu-'));
  await chmod(parent, 0o755);
  return join(parent, 'data');
}

/** A broker of its own may still be writing its last words. */
export const removeData = (data: string): Promise<void> =>
  rm(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });

async function ready(child: ChildProcess, printed: () => string): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (!/^ready http/m.test(printed())) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`the product did not start; it printed:\n${printed()}`);
    }
    await delay(POLL_MS);
  }
}

/** Nobody has it at this moment. */
export const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? done(address.port) : fail(new Error('no port'))));
    });
  });
