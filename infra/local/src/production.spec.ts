import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provision, rolesOf, services, urlOf } from '@tsunagu/deploy';
import { followUp } from '@tsunagu/follow-up';
import { migrateAlone, readConfig, startService } from '@tsunagu/platform';
import { startTestIssuer } from '@tsunagu/testing';
import { Client } from 'pg';
import { type Cluster, startCluster } from '../postgres/cluster.mjs';
import { portsFor } from './ports';

let folder: string;
let cluster: Cluster;
let address: string;
const passwords = new Map(rolesOf(services, ['keys', 'bus']).map((role) => [role, `${role}-1`]));
const server = () => ({
  adminUrl: address.replace('//', '//admin:admin@'),
  passwordOf: (role: string) => passwords.get(role) ?? '',
});

async function as(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** An administrator as managed servers give one: no superuser. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tsunagu-production-'));
  const { postgres: port } = await portsFor(folder, ['postgres']);
  cluster = await startCluster({ folder: join(folder, 'postgres'), port, password: 'secret' });
  address = `postgresql://127.0.0.1:${port}/postgres`;
  await as(address.replace('//', '//postgres:secret@'), "CREATE ROLE admin LOGIN PASSWORD 'admin' CREATEROLE CREATEDB");
  await provision(server(), services);
}, 60_000);

afterAll(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What a container of the follow-up service is given; the migration alone has the owner's password. */
async function environmentOf(job: 'migrate' | 'serve') {
  const issuer = await startTestIssuer();
  const file = join(folder, 'service.json');
  const database = (name: string) => ({ url: address.replace(/postgres$/, name) });
  writeFileSync(join(folder, 'password'), `${passwords.get('follow_up') ?? ''}\n`);
  const config = {
    publicUrl: 'http://localhost:8080',
    databases: {
      password: `file:${join(folder, 'password')}`,
      ...(job === 'migrate' ? { ownerPassword: passwords.get('follow_up_owner') } : {}),
      events: database('events'),
      reads: database('reads'),
      keys: database('keys'),
      bus: database('bus'),
    },
    issuers: issuer.issuers,
    client: { secret: 'test', tokenUrl: issuer.tokenUrl },
    services: {},
    secrets: {
      fingerprintKey: Buffer.alloc(32).toString('base64'),
      keyEncryptionKey: Buffer.alloc(32).toString('base64'),
    },
    logLevel: 'silent',
  };
  writeFileSync(file, JSON.stringify(config));
  return { environment: { TSUNAGU_CONFIG: file }, close: () => issuer.close() };
}

describe('a server of one’s own', () => {
  it('is migrated by a job, and a service without the owner’s password serves', async () => {
    const early = await environmentOf('serve');
    const config = () => readConfig('follow-up', early.environment);
    await expect(startService(followUp, config())).rejects.toThrow('Run `main.js migrate`');
    await early.close();
    const job = await environmentOf('migrate');
    await migrateAlone(followUp, job.environment);
    await migrateAlone(followUp, job.environment);
    await job.close();

    const { environment, close } = await environmentOf('serve');
    const service = await startService(followUp, readConfig('follow-up', environment));
    await service.work();
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    await service.close();
    await close();
  }, 60_000);

  it('a job without an owner says so', async () => {
    const { environment, close } = await environmentOf('serve');
    await expect(migrateAlone(followUp, environment)).rejects.toThrow('names no owner');
    await close();
  });

  it('is provisioned again without change, but for passwords', async () => {
    passwords.set('follow_up', 'changed');
    await provision(server(), services);
    expect(await as(urlOf(server(), 'follow_up', 'reads'), 'SELECT current_user::text AS me')).toEqual([
      { me: 'follow_up' },
    ]);
  });

  it.each([
    ['analytics', 'keys', 'permission denied for database'],
    ['intake', 'reads', 'permission denied for schema'],
  ] as const)('gives %s nothing of another’s in %s', async (role, database, message) =>
    expect(as(urlOf(server(), role, database), 'SELECT FROM follow_up.inbox')).rejects.toThrow(message),
  );

  it('keeps no password, only what checks one', async () => {
    const rows = await as(
      address.replace('//', '//postgres:secret@'),
      "SELECT rolpassword FROM pg_authid WHERE rolname = 'intake'",
    );
    expect(rows).toEqual([{ rolpassword: expect.stringMatching(/^SCRAM-SHA-256\$4096:/) }]);
  });
});
