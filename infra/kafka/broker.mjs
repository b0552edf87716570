/** One real Apache Kafka broker (KRaft, one JVM) for tests and for this machine; its jars come from Maven Central. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const POM = join(here, 'pom.xml');
const CACHE = join(here, '..', '..', '.cache', 'kafka');
const CLUSTER_ID = 'dHN1bmFndS1sb2NhbC0wMA';
const READY_MS = 120_000;
const STOP_MS = 20_000;

const run = promisify(execFile);

/** A folder per version of the pom; it appears whole or not at all. */
const jarsFolder = () => join(CACHE, createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12));

/** @returns why no broker can be started here, or nothing */
export function whyNot() {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(\d+)/.exec(java.stderr ?? '')?.[1] ?? 0);
  if (version < 17) return version === 0 ? 'java was not found' : `java is version ${version}, not 17 or newer`;
  if (existsSync(jarsFolder())) return undefined;
  return spawnSync('mvn', ['-version']).status === 0 ? undefined : 'mvn was not found';
}

/** Puts the broker's jars into .cache/kafka unless they are there. @throws Error with Maven's own words */
export async function fetchJars() {
  const folder = jarsFolder();
  if (existsSync(folder)) return folder;
  const incomplete = `${folder}.${process.pid}`;
  const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${incomplete}`];
  await run('mvn', ['-q', '-B', '-f', POM, ...copy]).catch(({ stdout, stderr, message }) => {
    throw new Error(`Maven did not get the broker's jars: ${message}\n${stdout ?? ''}${stderr ?? ''}`);
  });
  try {
    renameSync(incomplete, folder);
  } catch (error) {
    rmSync(incomplete, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const PASSWORD = 'only-for-tests';

/** What TLS (a certificate of its own), SASL/SCRAM users and an authorizer need; `admin` may everything. */
async function securing(folder, port) {
  const keystore = join(folder, 'broker.p12');
  const store = ['-alias', 'broker', '-keystore', keystore, '-storepass', PASSWORD];
  if (!existsSync(keystore)) {
    const key = ['-keyalg', 'RSA', '-keysize', '2048', '-validity', '30', '-storetype', 'PKCS12'];
    const named = ['-dname', 'CN=localhost', '-ext', 'san=ip:127.0.0.1,dns:localhost'];
    await run('keytool', ['-genkeypair', ...store, ...key, ...named]);
  }
  const { stdout: ca } = await run('keytool', ['-exportcert', '-rfc', ...store]);
  const settings = {
    'listener.name.sasl_ssl.ssl.keystore.location': keystore,
    'listener.name.sasl_ssl.ssl.keystore.type': 'PKCS12',
    'listener.name.sasl_ssl.ssl.keystore.password': PASSWORD,
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS;User:admin',
  };
  return { ca, brokers: `127.0.0.1:${port}`, listener: `,SASL_SSL://127.0.0.1:${port}`, settings };
}

const named = (listeners, which) => listeners.map((one) => `,${one.name}://127.0.0.1:${one[which]}`).join('');

/** Topics are declared, never made by a typing error; members join at once, because nobody waits for a fleet here. */
const properties = (folder, port, controllerPort, listeners, secured) =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${named(listeners, 'port')}${secured?.listener ?? ''}`,
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL${listeners.map(({ name }) => `,${name}:PLAINTEXT`).join('')}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}${named(listeners, 'advertised')}${secured?.listener ?? ''}`,
    'log.dirs': join(folder, 'data'),
    'auto.create.topics.enable': false,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    'offsets.retention.minutes': 525_600,
    ...secured?.settings,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');

const java = (jars, folder, parameters) => [
  '-Xmx384m',
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseSerialGC',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  `-Djava.io.tmpdir=${folder}`,
  '-cp',
  join(jars, '*'),
  ...parameters,
];

async function format(jars, folder, config, users) {
  if (existsSync(join(folder, 'data', 'meta.properties'))) return;
  const scram = users.flatMap((user) => ['-S', `SCRAM-SHA-512=[name=${user},password=${PASSWORD}]`]);
  const tool = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', config, ...scram];
  await run('java', java(jars, folder, tool)).catch(({ stdout, stderr, message }) => {
    throw new Error(`The broker's storage could not be formatted: ${message}\n${stdout ?? ''}${stderr ?? ''}`);
  });
}

/** Becomes the broker; ends it when whoever holds the other end of its standard input is gone. */
const BOUND = 'exec 3<&0; { cat > /dev/null; kill $$; } <&3 & exec "$@" < /dev/null 3<&-';

/**
 * Starts a broker on `folder` and waits until it answers. Bound to this process unless `detached`: it ends with it,
 * however that ends. With `users`, it has a TLS listener with SASL and per-user rights too. Each of `listeners`
 * (`{ name, port, advertised }`) is another way in, which tells its clients to come to the port `advertised`.
 * @returns {Promise<{ brokers: string, pid: number, gone: Promise<void>, stop(): Promise<void>, secured?: { brokers, ca, password } }>}
 */
export async function startBroker({ folder, port, detached = false, users = [], listeners = [] }) {
  mkdirSync(folder, { recursive: true });
  const jars = await fetchJars();
  const listenOn = port ?? (await freePort());
  if (await answers(listenOn)) throw new Error(`Port ${listenOn} is taken; name another in KAFKA_PORT`);
  const config = join(folder, 'server.properties');
  const secured = users.length > 0 ? await securing(folder, await freePort()) : undefined;
  writeFileSync(config, properties(folder, listenOn, await freePort(), listeners, secured));
  await format(jars, folder, config, users);
  const logFile = join(folder, 'broker.log');
  const log = openSync(logFile, 'a');
  const command = ['java', ...java(jars, folder, ['kafka.Kafka', config])];
  const child = detached
    ? spawn(command[0], command.slice(1), { detached, stdio: ['ignore', log, log] })
    : spawn('sh', ['-c', BOUND, 'sh', ...command], { stdio: ['pipe', log, log] });
  const gone = new Promise((resolve) => child.once('exit', () => resolve()));
  // Nobody is left to be ended, and its number may soon be another's.
  void gone.then(() => child.stdin?.destroy());
  if (detached) child.unref();
  child.stdin?.on('error', () => undefined);
  const stop = async () => {
    if (detached) process.kill(child.pid, 'SIGTERM');
    else child.stdin.end();
    await gone;
  };
  try {
    await answering(listenOn, gone);
  } catch (error) {
    await stop();
    throw new Error(`${error.message}; its log ends:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`, {
      cause: error,
    });
  }
  return {
    brokers: `127.0.0.1:${listenOn}`,
    pid: child.pid,
    gone,
    stop,
    ...(secured ? { secured: { brokers: secured.brokers, ca: secured.ca, password: PASSWORD } } : {}),
  };
}

/** A broker opens its port only when it is ready to serve. */
async function answering(port, gone) {
  let exited = false;
  void gone.then(() => (exited = true));
  for (const until = Date.now() + READY_MS; Date.now() < until && !exited; await delay(100)) {
    if (await answers(port)) return;
  }
  throw new Error(exited ? 'The broker ended while it started' : `The broker did not answer within ${READY_MS} ms`);
}

const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.end());
  });

/** Sends lines (`key<TAB>value`) as they are, as anybody may who reaches the broker: no contract is looked at. */
export async function sendLines({ brokers, topic, lines }) {
  const tool = ['kafka.tools.ConsoleProducer', '--bootstrap-server', brokers, '--topic', topic];
  const parameters = java(await fetchJars(), tmpdir(), [...tool, '--property', 'parse.key=true']);
  const child = spawn('java', parameters, { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`The lines were not sent: ${said}`);
}

/** The broker of `npm run kafka:up`, if it runs. */
export function runningBroker(folder) {
  const file = join(folder, 'running.json');
  if (!existsSync(file)) return undefined;
  const running = JSON.parse(readFileSync(file, 'utf8'));
  if (isBroker(running.pid, folder)) return running;
  rmSync(file);
  return undefined;
}

/** A process id may have been given to somebody else since. */
function isBroker(pid, folder) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(folder, 'server.properties'));
  } catch {
    return false;
  }
}

export async function stopRunning(folder) {
  const running = runningBroker(folder);
  if (!running) return false;
  process.kill(running.pid, 'SIGTERM');
  for (const until = Date.now() + STOP_MS; Date.now() < until && isBroker(running.pid, folder); await delay(100));
  if (isBroker(running.pid, folder)) throw new Error(`The broker (process ${running.pid}) did not stop`);
  rmSync(join(folder, 'running.json'));
  return true;
}
