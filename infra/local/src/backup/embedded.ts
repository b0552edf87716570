import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../../postgres/cluster.mjs';
import { provision, type Server } from '../databases';
import { holderOf, takeFolder } from '../lock';
import { type Ports, portsFor } from '../ports';
import { privateFolder, readPrivately, writePrivately } from '../private-file';
import { type Secrets, secretsIn } from '../secrets';
import { services } from '../services';
import { Refused } from './artefact';
import type { Urls } from './backup';
import { appendErasures, type Erasures, readErasures } from './erasures';

type Say = (line: string) => void;

/** The databases of `npm start`, whether or not it runs now. */
export async function withInstallation<T>(
  data: string,
  say: Say,
  work: (urls: Required<Urls>, secrets: Secrets) => Promise<T>,
): Promise<T> {
  const secrets = readPrivately(join(data, 'secrets.json')) as Secrets | undefined;
  if (!secrets || !existsSync(join(data, 'postgres'))) throw new Refused(`There is no installation in ${data}.`);
  if (holderOf(data)) return work(urlsOf(runningServer(data, secrets)), secrets);
  const folder = takeFolder(data, 'npm run backup');
  try {
    say('starting the database');
    return await withCluster(join(data, 'postgres'), data, secrets, (server) => work(urlsOf(server), secrets));
  } finally {
    folder.release();
  }
}

export const installedKeys = (data: string): string => {
  const secrets = readPrivately(join(data, 'secrets.json')) as Secrets;
  return urlsOf(runningServer(data, secrets)).keys;
};

const runningServer = (data: string, secrets: Secrets): Server => {
  const { postgres: port } = readPrivately(join(data, 'ports.json')) as Ports<'postgres'>;
  return serverOf(join(data, 'postgres'), port, secrets);
};

const serverOf = (folder: string, port: number, secrets: Secrets): Server => ({
  ...{ folder, port },
  superuserPassword: secrets.databaseSuperuser,
  rolePasswords: secrets.databaseRoles,
});

function urlsOf({ port, superuserPassword }: Server): Required<Urls> {
  const url = (database: string): string => `postgresql://postgres:${superuserPassword}@127.0.0.1:${port}/${database}`;
  return { events: url('events'), reads: url('reads'), bus: url('bus'), keys: url('keys') };
}

async function withCluster<T>(
  folder: string,
  data: string,
  secrets: Secrets,
  work: (server: Server) => Promise<T>,
): Promise<T> {
  const { startCluster } = await import('../../postgres/cluster.mjs');
  const { postgres: port } = await portsFor(data, ['postgres']);
  const server = serverOf(folder, port, secrets);
  const cluster: Cluster = await startCluster({ folder, port, password: server.superuserPassword });
  try {
    return await work(server);
  } finally {
    await cluster.stop();
  }
}

/** Tells whether keys are wrapped under this key-encryption key, and nothing else about it. */
export const keyCheckOf = ({ keyEncryptionKey }: Secrets): string =>
  createHmac('sha256', Buffer.from(keyEncryptionKey, 'base64')).update('tsunagu/backup/v1').digest('hex');

export interface NewInstallation {
  readonly data: string;
  /** Secrets of the installation that was backed up; absent: those in the data folder. */
  readonly secrets?: string;
  /** Whether an installation may be there already; it is kept beside. */
  readonly replace: boolean;
  readonly say: Say;
}

/** What a data folder holds of an installation. */
const OF_AN_INSTALLATION = ['postgres', 'postgres.log', 'secrets.json', 'ports.json', 'town.json', 'erasures.jsonl'];
const RESTORING = 'restoring';

/**
 * Fills a new cluster beside whatever is there, and puts it in its place when `fill` has settled. A failure, or a crash,
 * leaves what was there.
 * @returns where that is kept, if anything was there
 */
export async function intoNewInstallation(
  { data, secrets: secretsFile, replace, say }: NewInstallation,
  erasures: Erasures | undefined,
  fill: (urls: Urls, erasures: Erasures | undefined, secrets: Secrets) => Promise<void>,
): Promise<string | undefined> {
  const holder = holderOf(data);
  if (holder) throw new Refused(`Tsunagu runs on ${data} (process ${holder.pid}). Stop it first.`);
  privateFolder(data);
  const folder = takeFolder(data, 'npm run restore');
  const beside = join(data, RESTORING);
  try {
    if (existsSync(join(data, 'postgres')) && !replace) {
      throw new Refused(
        `${data} holds an installation. Name another folder (TSUNAGU_DATA), or say --replace: it is then kept beside.`,
      );
    }
    const secrets = readPrivately(secretsFile ?? join(data, 'secrets.json'));
    if (!secrets)
      throw new Refused('Without the secrets.json of the installation nothing opens. Name it: --secrets <file>');
    rmSync(beside, { recursive: true, force: true });
    privateFolder(beside);
    writePrivately(join(beside, 'secrets.json'), secrets);
    const known = join(data, 'erasures.jsonl');
    const all = erasures && new Map([...(existsSync(known) ? readErasures(known) : []), ...erasures]);
    const complete = secretsIn(beside);
    say('making a new database');
    await withCluster(join(beside, 'postgres'), beside, complete, async (server) => {
      await provision(server, services);
      await fill(urlsOf(server), all, complete);
    });
    appendErasures(join(beside, 'erasures.jsonl'), all ?? []);
    // What was restored is not to be filled with samples.
    writePrivately(join(beside, 'town.json'), { restored: true });
    return putInPlace(data, beside);
  } finally {
    rmSync(beside, { recursive: true, force: true });
    folder.release();
  }
}

function putInPlace(data: string, beside: string): string | undefined {
  const there = OF_AN_INSTALLATION.filter((name) => existsSync(join(data, name)));
  const kept = join(data, `before-${new Date().toISOString().replace(/[:.]/g, '-')}`);
  if (there.length > 0) mkdirSync(kept, { mode: 0o700 });
  for (const name of there) renameSync(join(data, name), join(kept, name));
  for (const name of OF_AN_INSTALLATION) {
    if (existsSync(join(beside, name))) renameSync(join(beside, name), join(data, name));
  }
  return there.length > 0 ? kept : undefined;
}
