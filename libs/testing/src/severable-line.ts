import { connect, createServer, type Socket } from 'node:net';

/** Where a line breaks: before this statement reaches the server, or before its answer comes back. */
export interface BreakAt {
  readonly statement: string;
  readonly when: 'asked' | 'answered';
}

export interface SeverableLine {
  /** Leads to the server through the line. */
  readonly url: string;
  /** Settles when the line is cut. */
  readonly severed: Promise<void>;
  sever(): void;
}

/**
 * Lines to database servers that are all cut at one moment and stay so. To the servers it looks as if the process at the
 * other end was killed; whatever that process still does reaches nobody. The statement is searched in what passes, so it
 * breaks at its first use on a connection.
 */
export async function severableLines(urls: readonly string[], breakAt?: BreakAt): Promise<readonly SeverableLine[]> {
  const cuts: (() => void)[] = [];
  const sever = (): void => cuts.forEach((cut) => cut());
  return Promise.all(urls.map((url) => line(url, breakAt, sever, cuts)));
}

async function line(
  url: string,
  breakAt: BreakAt | undefined,
  sever: () => void,
  cuts: (() => void)[],
): Promise<SeverableLine> {
  const target = new URL(url);
  const port = Number(target.port);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, target.hostname);
    sockets.add(near).add(far);
    for (const end of [near, far]) end.on('error', () => undefined);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    pass(near, far, breakAt, sever);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('the line has no port');
  target.port = String(address.port);
  const severed = new Promise<void>((resolve) => {
    cuts.push(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
      resolve();
    });
  });
  return { url: target.href, severed, sever };
}

function pass(near: Socket, far: Socket, breakAt: BreakAt | undefined, sever: () => void): void {
  let asked = false;
  near.on('data', (chunk) => {
    const hit = breakAt !== undefined && chunk.includes(breakAt.statement);
    if (hit && breakAt.when === 'asked') return sever();
    asked ||= hit;
    far.write(chunk);
  });
  far.on('data', (chunk) => (asked ? sever() : near.write(chunk)));
}

/** A line that can be cut and joined again, at the same address. */
export interface MendableLine {
  readonly url: string;
  sever(): Promise<void>;
  mend(): Promise<void>;
}

export async function mendableLine(url: string): Promise<MendableLine> {
  const target = new URL(url);
  const port = Number(target.port);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, target.hostname);
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(end);
      end.on('error', () => undefined).on('close', () => sockets.delete(end) && other.destroy());
      end.pipe(other);
    }
  });
  const listen = (at: number): Promise<void> => new Promise((resolve) => server.listen(at, '127.0.0.1', resolve));
  await listen(0);
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('the line has no port');
  const own = new URL(url);
  own.port = String(address.port);
  return {
    url: own.href,
    mend: () => listen(address.port),
    sever: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
