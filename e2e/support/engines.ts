import { join } from 'node:path';
import { type Server, startBroker, startCluster } from '@tsunagu/local';
export { whyNoBroker } from '@tsunagu/local';
import { postmasterOf } from '../faults/postgres-processes';
import { Part, type Running } from './part';

export interface Listener {
  readonly name: string;
  readonly port: number;
  readonly advertised: number;
}

export interface RunningBroker extends Running {
  readonly pid: number;
}

/** The embedded PostgreSQL; killed, all its processes go. */
export const postgresPart = (data: string, { folder, port, superuserPassword: password }: Server): Part =>
  new Part('postgres', async () => {
    const settings = { max_connections: 800, shared_buffers: '64MB' };
    const cluster = await startCluster({ folder, port, password, settings });
    const kill = async (): Promise<void> => {
      process.kill(await postmasterOf(data), 'SIGKILL');
      await cluster.exited;
    };
    return { gone: cluster.exited, stop: () => cluster.stop(), kill };
  });

/** A real Kafka broker; every caller that can be cut off has a listener of its own. */
export const brokerPart = (data: string, port: number, listeners: readonly Listener[]): Part<RunningBroker> =>
  new Part('broker', async () => {
    const { pid, gone, stop } = await startBroker({ folder: join(data, 'kafka'), port, listeners });
    let isGone = false;
    void gone.then(() => (isGone = true));
    const kill = async (): Promise<void> => {
      if (!isGone) process.kill(pid, 'SIGKILL');
      await gone;
    };
    return { pid, gone, stop, kill };
  });
