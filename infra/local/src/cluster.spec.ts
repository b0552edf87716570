import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type Cluster, startCluster } from '../postgres/cluster.mjs';
import { portsFor } from './ports';

let parent: string;
let folder: string;
let port: number;
let cluster: Cluster;
const said: string[] = [];

const start = async (): Promise<void> => {
  cluster = await startCluster({ folder, port, password: 'secret', say: (line) => said.push(line) });
};

async function query(sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: `postgresql://postgres:secret@127.0.0.1:${port}/postgres` });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const serverPid = (): number => Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'tsunagu-cluster-'));
  folder = join(parent, 'postgres');
  ({ postgres: port } = await portsFor(parent, ['postgres']));
  await start();
  await query('CREATE TABLE kept AS SELECT 1 AS one');
}, 60_000);

beforeEach(() => void said.splice(0));

afterAll(async () => {
  await cluster.stop();
  rmSync(parent, { recursive: true, force: true });
});

describe('the database comes back', () => {
  it('after a clean stop', async () => {
    await cluster.stop();
    await start();
    expect(await query('SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });

  it('when whoever started it was killed and it runs on', async () => {
    const orphan = serverPid();
    await start();
    expect(said).toEqual(['stopping the database that a crash left running']);
    expect(serverPid()).not.toBe(orphan);
    expect(await query('SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });

  it('when it was itself killed', async () => {
    process.kill(serverPid(), 'SIGKILL');
    await cluster.exited;
    await start();
    expect(await query('SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });

  it('when its lock names a process that is somebody else’s by now', async () => {
    await cluster.stop();
    writeFileSync(join(folder, 'postmaster.pid'), `${process.pid}\n${folder}\n0\n${port}\n`);
    await start();
    expect(await query('SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });
});
