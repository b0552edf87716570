import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { readPrivately, writePrivately } from './private-file';
import { StartRefused } from './settings';

/** Below the range from which systems take ports for outgoing connections: nobody gets one of ours by chance. */
const LOWEST = 20_000;
const HIGHEST = 30_000;

export type Ports<Name extends string> = Readonly<Record<Name, number>>;

/** A loopback port for each, the same at every start unless another program has taken it meanwhile. */
export async function portsFor<Name extends string>(data: string, names: readonly Name[]): Promise<Ports<Name>> {
  const file = join(data, 'ports.json');
  const before = (readPrivately(file) ?? {}) as Partial<Record<Name, number>>;
  const chosen = new Map<Name, number>();
  for (const name of names) {
    let port = before[name] ?? randomInt(LOWEST, HIGHEST);
    while ([...chosen.values()].includes(port) || !(await isFree(port, '127.0.0.1'))) port = randomInt(LOWEST, HIGHEST);
    chosen.set(name, port);
  }
  const ports = Object.fromEntries(chosen) as Ports<Name>;
  writePrivately(file, ports);
  return ports;
}

/** @throws StartRefused that says what to do, when the console could not listen there */
export async function mustBeFree(port: number, host: string): Promise<void> {
  const code =
    host === 'localhost'
      ? ((await failure(port, '127.0.0.1')) ?? (await failure(port, '::1')))
      : await failure(port, host);
  if (code === undefined || (code === 'EADDRNOTAVAIL' && host === 'localhost')) return;
  const why: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken by another program. Stop it, or try: PORT=${port === 8080 ? 8081 : port + 1} npm start`,
    EACCES: `Port ${port} is for administrators only. Try: PORT=8080 npm start`,
    EADDRNOTAVAIL: `This machine has no address ${host}. Leave HOST out to listen on this machine only.`,
    ENOTFOUND: `This machine knows no address ${host}. Leave HOST out to listen on this machine only.`,
  };
  throw new StartRefused(why[code] ?? `Cannot listen on ${host} port ${port}: ${code}.`);
}

const isFree = async (port: number, host: string): Promise<boolean> => (await failure(port, host)) === undefined;

/** Code of the system's error when listening there, if any. */
const failure = (port: number, host: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
