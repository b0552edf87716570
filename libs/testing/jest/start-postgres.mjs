import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '../../../infra/local/postgres/cluster.mjs';
import { offerKafka } from './kafka.mjs';

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** One real PostgreSQL for the whole run; each spec file makes databases of its own in it. A broker for whoever asks. */
export default async function startPostgres() {
  const folder = await mkdtemp(join(tmpdir(), 'tsunagu-test-'));
  const port = await freePort();
  const settings = { max_connections: 400 };
  const cluster = await startCluster({
    folder: join(folder, 'postgres'),
    port,
    password: 'test',
    settings,
    detached: false,
  });
  process.env.TSUNAGU_TEST_POSTGRES = `postgresql://postgres:test@127.0.0.1:${port}/postgres`;
  const stopKafka = await offerKafka(folder);
  globalThis.__stopPostgres = async () => {
    await stopKafka();
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
