import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Product {
  readonly origin: string;
  /** From the command to the line "ready". */
  readonly startedInMs: number;
  token(worker: string): string;
  /** Memory of all its processes, shared pages counted once, in MB; undefined where /proc does not tell. */
  memoryMb(): number | undefined;
  stop(): Promise<void>;
}

/** `npm start`, without npm itself. */
const START = 'infra/local/bin/start.mjs';
const START_TIMEOUT_MS = 120_000;
const root = process.cwd();

export const productExists = (): boolean => existsSync(join(root, START));

export async function newDataFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'tsunagu-bench-data-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

export async function startProduct(dataFolder: string): Promise<Product> {
  const env = { ...process.env, TSUNAGU_DATA: dataFolder, PORT: String(await freePort()) };
  const began = performance.now();
  const child = spawn(process.execPath, [START], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const origin = await ready(child);
  const startedInMs = performance.now() - began;
  const stopWithUs = (): void => void child.kill('SIGTERM');
  process.once('exit', stopWithUs);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    origin,
    startedInMs,
    token: (worker) => {
      const asked = spawnSync(process.execPath, ['infra/local/bin/token.mjs', worker], { cwd: root, env });
      if (asked.status !== 0) throw new Error(`no token for ${worker}: ${asked.stderr.toString()}`);
      return asked.stdout.toString().trim();
    },
    memoryMb: () => memoryOf(child.pid),
    stop: async () => {
      process.off('exit', stopWithUs);
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function ready(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(
      () => reject(new Error(`not ready after ${START_TIMEOUT_MS} ms:\n${said}`)),
      START_TIMEOUT_MS,
    );
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const origin = /^ready (\S+)$/m.exec(said)?.[1];
      if (origin) {
        clearTimeout(timer);
        resolve(origin);
      }
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`npm start ended with ${code}:\n${said}`));
    });
  });
}

/** Sums the proportional set size of a process and all that descend from it. */
function memoryOf(pid: number | undefined): number | undefined {
  if (pid === undefined || !existsSync('/proc/self/smaps_rollup')) return undefined;
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(name)]),
  );
  const ours = new Set([pid]);
  for (let grew = true; grew;) {
    const size = ours.size;
    for (const [child, parent] of parents) if (ours.has(parent)) ours.add(child);
    grew = ours.size > size;
  }
  const kilobytes = [...ours].map((one) =>
    Number(/^Pss:\s+(\d+)/m.exec(textOf(`/proc/${one}/smaps_rollup`))?.[1] ?? 0),
  );
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}

const parentOf = (pid: string): number => Number(/^PPid:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0);

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
