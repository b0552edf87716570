import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type RunningTown, startTown } from './local';
import { portsFor } from './ports';
import { readPrivately } from './private-file';
import { services } from './services';
import { type Settings, settingsFrom } from './settings';
import { town } from './town';
import { type CommandLine, workerToken } from './worker-token';

const quietly = (): void => undefined;

let settings: Settings;
let running: RunningTown;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsunagu-local-'));
  const { town: port } = await portsFor(folder, ['town']);
  settings = settingsFrom({ PORT: String(port), TSUNAGU_DATA: join(folder, 'data') }, []);
  running = await startTown(settings, services, quietly);
}, 120_000);

afterAll(async () => {
  await running.close();
  rmSync(join(settings.data, '..'), { recursive: true, force: true });
});

const get = async (path: string, token?: string) => {
  const response = await fetch(settings.origin + path, token ? { headers: { authorization: `Bearer ${token}` } } : {});
  return { status: response.status, body: (await response.json()) as { items: unknown[] } };
};

const commandLine = () => readPrivately(join(settings.data, 'services', 'command-line.json')) as CommandLine;
const directory = async () => get('/api/referral/services?limit=200', await workerToken(commandLine(), 'aoi'));
const configuration = (service: string) =>
  readPrivately(join(settings.data, 'services', `${service}.json`)) as {
    databases: Record<string, { url: string } | undefined>;
  };

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const databaseUrl = (service: string, database: string): string =>
  configuration(service).databases[database]?.url ?? '';

describe('npm start', () => {
  it('is ready when it says so', async () => {
    expect(await get('/health/ready')).toMatchObject({ status: 200, body: { ready: true } });
  });

  it('has loaded the town', async () => {
    expect((await directory()).body.items).toHaveLength(town.directory.length);
    expect(town.directory).toHaveLength(40);
  });

  it.each(['', 'secrets.json', 'services', 'services/intake.json', 'ports.json', 'postgres'])(
    'leaves nothing that others could read: %s',
    (path) => expect(statSync(join(settings.data, path)).mode & 0o077).toBe(0),
  );

  it('started again where it runs, says where it is', async () => {
    await expect(startTown(settings, services, quietly)).rejects.toThrow(
      `already runs here: open ${settings.origin}/ (process ${process.pid}, data in ${settings.data})`,
    );
  });

  it('refuses a folder that is in use, whatever the port', async () => {
    const { town: port } = await portsFor(join(settings.data, '..'), ['town']);
    await expect(startTown({ ...settings, port }, services, quietly)).rejects.toThrow(`open ${settings.origin}/`);
  });

  it('refuses a port that is taken, and says what to do', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const elsewhere = { ...settings, port, data: `${settings.data}-2` };
    await expect(startTown(elsewhere, services, quietly)).rejects.toThrow(/is taken by another program.*PORT=/);
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('a service’s database role', () => {
  it('reads its own log', async () => {
    expect(await query(databaseUrl('referral', 'events'), 'SELECT FROM referral.events LIMIT 1')).toHaveLength(1);
  });

  it.each([
    ['events', 'SELECT FROM intake.events'],
    ['events', 'UPDATE referral.events SET type = type'],
    ['events', 'DELETE FROM referral.events'],
    ['events', 'CREATE TABLE referral.mine ()'],
    ['reads', 'SELECT FROM intake.inbox'],
    ['reads', 'CREATE TABLE mine ()'],
    ['bus', "INSERT INTO bus.messages (topic, partition, event) VALUES ('tsunagu.consent.events', 0, '{}')"],
  ])('cannot reach into another’s, nor rewrite: %s, %s', async (database, sql) => {
    await expect(query(databaseUrl('referral', database), sql)).rejects.toThrow(
      /permission denied|row-level security|no schema/,
    );
  });

  it('cannot reach the keys where the service must not open anything', async () => {
    expect(configuration('analytics').databases['keys']).toBeUndefined();
    const url = databaseUrl('analytics', 'reads').replace(/\/reads(?=\?|$)/, '/keys');
    await expect(query(url, 'SELECT 1')).rejects.toThrow('permission denied for database');
  });
});

describe('after a restart', () => {
  it('everything is there, once', async () => {
    const { samplePassword } = running.secrets;
    const token = await workerToken(commandLine(), 'aoi');
    await running.close();
    running = await startTown(settings, services, quietly);
    expect(running.secrets.samplePassword).toBe(samplePassword);
    expect((await get('/api/intake/consultations', token)).status).toBe(200);
    expect((await directory()).body.items).toHaveLength(40);
  }, 60_000);
});
