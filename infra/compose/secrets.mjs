/**
 * `node infra/compose/secrets.mjs [folder]`: makes what infra/compose/compose.yaml needs and nobody may know, in infra/compose/secrets.
 * What is there stays; delete a file to have it made anew. Only Node's own modules: nothing needs to be installed.
 */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

const SERVICES = ['intake', 'consent', 'referral', 'follow-up', 'journey', 'analytics'];

/** Where people open the console; sign-in comes back there. */
const ORIGIN = 'http://localhost:8080';

/** Where they sign in. */
const IDENTITY = 'http://localhost:8081';

/** @returns how many files there are */
function makeSecrets(folder, origin, identity) {
  mkdirSync(folder, { recursive: true });
  // The folder keeps others out. The files themselves are mounted one by one, and read by users of many numbers.
  chmodSync(folder, 0o700);
  let count = 0;
  const write = (name, content) => {
    writeFileSync(join(folder, name), content);
    chmodSync(join(folder, name), 0o644);
    count += 1;
  };
  const make = (name, maker) => {
    const file = join(folder, name);
    const content = existsSync(file) ? readFileSync(file, 'utf8') : maker();
    write(name, content);
    return content;
  };
  const passwordsOf = (kind, whose) => Object.fromEntries(whose.map((one) => [one, make(`${kind}-${one}`, password)]));

  make('postgres-admin', password);
  passwordsOf('database', SERVICES);
  passwordsOf('owner', [...SERVICES, 'keys']);
  make('fingerprint-key', key);
  make('key-encryption-key', key);
  make('session-key', key);
  make('person-token-key', personTokenKey);
  make('grafana-admin', password);

  const clients = passwordsOf('client', ['console', ...SERVICES, 'cli']);
  const sample = make('sample-password', samplePassword);
  write('realm.json', realm(clients, sample, origin));
  mkdirSync(join(folder, 'services'), { recursive: true });
  writeFileSync(join(folder, 'services', 'command-line.json'), commandLine(identity, clients.cli, sample));
  write('keycloak.conf', keycloak(make('postgres-keycloak', password), make('keycloak-admin', password)));
  const users = passwordsOf('kafka', ['admin', ...SERVICES]);
  write(
    'kafka.properties',
    kafka(
      users,
      make('kafka-cluster', () => randomBytes(16).toString('base64url')),
    ),
  );
  return count;
}

const password = () => randomBytes(32).toString('base64url');
const key = () => randomBytes(32).toString('base64');
const samplePassword = () => `tsumugi-${randomBytes(6).toString('hex')}`;

/** The private key that intake signs persons' tokens with (RFC 7517). */
function personTokenKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = privateKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(jwk.x).digest('hex').slice(0, 16);
  return JSON.stringify({ ...jwk, alg: 'ES256', use: 'sig', kid });
}

/** The committed realm, with secrets and with the workers of the sample town, who are fictional. */
function realm(clients, sample, origin) {
  const text = readFileSync(join(here, '..', 'keycloak', 'tsunagu-realm.json'), 'utf8').replace(
    /\$\{TSUNAGU_(ORIGIN|CLIENT_([A-Z_]+))\}/g,
    (_, name, client) => (name === 'ORIGIN' ? origin : clients[client.toLowerCase().replace('_', '-')]),
  );
  const filled = JSON.parse(text);
  const workers = JSON.parse(readFileSync(join(here, '..', 'local', 'town', 'workers.json'), 'utf8'));
  filled.clients.push(commandLineClient(clients.cli));
  filled.users.push(...workers.map((worker) => account(worker, sample)));
  return `${JSON.stringify(filled, null, 2)}\n`;
}

/** Their ids are their names, so that what the sample town says about them holds here too. */
function account({ user, name, agency, roles }, value) {
  return {
    id: user,
    username: user,
    enabled: true,
    attributes: { name: [name], ...(agency ? { agency: [agency] } : {}) },
    credentials: [{ type: 'password', value, temporary: false }],
    clientRoles: { tsunagu: roles },
  };
}

/** With TSUNAGU_DATA=infra/compose/secrets, `npm run token`, `town` and `tour` sign in there. */
const commandLine = (identity, clientSecret, password) =>
  JSON.stringify({
    tokenUrl: `${identity}/realms/tsunagu/protocol/openid-connect/token`,
    clientId: 'cli',
    clientSecret,
    password,
  });

/** For the tour and curl, in the sample town alone: whoever knows a worker's password gets a token without a browser. */
const commandLineClient = (secret) => ({
  clientId: 'cli',
  enabled: true,
  protocol: 'openid-connect',
  publicClient: false,
  secret,
  standardFlowEnabled: false,
  directAccessGrantsEnabled: true,
  fullScopeAllowed: true,
  defaultClientScopes: ['tsunagu'],
  optionalClientScopes: [],
});

const keycloak = (database, admin) => `db-password=${database}
bootstrap-admin-username=admin
bootstrap-admin-password=${admin}
`;

/** One broker in KRaft mode (Apache Kafka 4). Everybody shows who they are; nobody may do what no rule allows. */
function kafka(users, cluster) {
  const [admin, ...rest] = Object.entries(users);
  const known = [admin, ...rest].map(([user, secret]) => ` user_${user}="${secret}"`).join('');
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  return `# cluster ${cluster}
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:9093
listeners=CLIENTS://:9092,CONTROLLER://localhost:9093
advertised.listeners=CLIENTS://kafka:9092
listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENTS
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.clients.plain.sasl.jaas.config=${plain} username="admin" password="${admin[1]}"${known};
listener.name.controller.plain.sasl.jaas.config=${plain} username="admin" password="${admin[1]}" user_admin="${admin[1]}";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:admin
allow.everyone.if.no.acl.found=false
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.retention.minutes=525600
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
log.dirs=/var/lib/kafka/data
`;
}

const folder = resolve(process.argv[2] ?? join(here, 'secrets'));
const { TSUNAGU_ORIGIN = ORIGIN, TSUNAGU_IDENTITY = IDENTITY } = process.env;
const count = makeSecrets(folder, TSUNAGU_ORIGIN, TSUNAGU_IDENTITY);
console.log(`${count} files in ${folder}. The workers of the sample town sign in with what sample-password says.`);
