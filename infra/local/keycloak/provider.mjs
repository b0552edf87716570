/** A real Keycloak for `npm run test:keycloak`: its distribution comes from Maven Central, once, into .cache/keycloak. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const UNPACK = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack';
/** On a busy machine with two cores it has taken four minutes. */
const READY_MS = 480_000;
const BUILT_FOR = ['--db=dev-mem', '--health-enabled=true'];

/** The version that infra/keycloak/Dockerfile names. */
const version = () =>
  /keycloak\/keycloak:([\d.]+)/.exec(readFileSync(join(root, 'infra/keycloak/Dockerfile'), 'utf8'))[1];

/** Why it cannot be had here; nothing when it can. */
export function whyNot() {
  if (spawnSync('java', ['-version']).status !== 0) return 'java was not found';
  return spawnSync('mvn', ['-version']).status === 0 ? undefined : 'mvn was not found';
}

/** Its folder, built for the settings that are fixed then. */
async function fetched() {
  const cache = join(root, '.cache', 'keycloak');
  const name = `keycloak-${version()}`;
  if (existsSync(join(cache, name))) return join(cache, name);
  const unpacked = join(cache, `${name}.${process.pid}`);
  mkdirSync(unpacked, { recursive: true });
  const run = promisify(execFile);
  const artifact = `org.keycloak:keycloak-quarkus-dist:${version()}:zip`;
  await run('mvn', ['-q', '-B', UNPACK, `-Dartifact=${artifact}`, `-DoutputDirectory=${unpacked}`], { cwd: unpacked });
  await run('bash', [join(unpacked, name, 'bin', 'kc.sh'), 'build', ...BUILT_FOR]);
  renameSync(join(unpacked, name), join(cache, name));
  rmSync(unpacked, { recursive: true });
  return join(cache, name);
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Starts it on a copy of its own, in memory, with this realm; `folder` is left to whoever gave it. */
export async function startKeycloak({ folder, realm }) {
  const home = join(folder, 'keycloak');
  cpSync(await fetched(), home, { recursive: true });
  mkdirSync(join(home, 'data', 'import'), { recursive: true });
  copyFileSync(realm, join(home, 'data', 'import', 'tsunagu-realm.json'));
  const [port, management] = [await freePort(), await freePort()];
  const url = `http://localhost:${port}`;
  const settings = ['--optimized', '--cache=local', '--http-enabled=true', '--import-realm'];
  const places = [`--http-port=${port}`, `--http-management-port=${management}`, `--hostname=${url}`];
  const log = openSync(join(folder, 'keycloak.log'), 'a');
  const command = [join(home, 'bin', 'kc.sh'), 'start', ...settings, ...places];
  const child = spawn('bash', command, { stdio: ['ignore', log, log], detached: true });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
    await gone;
  };
  for (const until = Date.now() + READY_MS; Date.now() < until && child.exitCode === null; await delay(500)) {
    const answer = await fetch(`http://localhost:${management}/health/ready`).catch(() => undefined);
    if (answer?.ok) return { url, stop };
  }
  await stop();
  throw new Error(`Keycloak did not start: ${readFileSync(join(folder, 'keycloak.log'), 'utf8').slice(-2000)}`);
}
