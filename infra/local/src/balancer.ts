import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Balancing {
  /** Where it listens on loopback; any free port when absent. */
  readonly port?: number;
  /** Loopback ports, asked anew for every connection. */
  readonly targets: () => readonly number[];
  /** Told of every connection that has been made. */
  readonly joined?: (near: Socket, far: Socket) => void;
}

export interface Balancer {
  readonly port: number;
  /** Ends the connections too. */
  close(): Promise<void>;
}

/** What a Kubernetes Service does for its pods: each connection goes to the next target that takes it; where none does, it ends. */
export async function balance({ port = 0, targets, joined }: Balancing): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((near) => {
    near.on('error', () => undefined).once('close', () => open.delete(near));
    open.add(near);
    near.pause();
    turn += 1;
    const now = targets();
    const inTurn = now.map((_, n) => now[(turn + n) % now.length] ?? 0);
    void firstOf(inTurn).then((far) => {
      if (!far) return near.resetAndDestroy();
      join(near, far);
      joined?.(near, far);
    });
  });
  await listening(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      open.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}

async function firstOf(ports: readonly number[]): Promise<Socket | undefined> {
  for (const port of ports) {
    const far = connect({ port, host: '127.0.0.1', noDelay: true });
    const taken = await new Promise<boolean>((resolve) => {
      far.once('connect', () => resolve(true)).on('error', () => resolve(false));
    });
    if (taken) return far;
  }
  return undefined;
}

/** What one end does, the other sees: an end as an end, a death as a death. */
function join(near: Socket, far: Socket): void {
  if (near.destroyed) return void far.destroy();
  near.setNoDelay(true);
  near.pipe(far);
  far.pipe(near);
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.on('error', () => other.resetAndDestroy()).once('close', () => other.destroySoon());
  }
}

const listening = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, resolve);
  });
