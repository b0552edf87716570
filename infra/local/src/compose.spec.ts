import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConsoleConfig } from '@tsunagu/console';
import { roles, type ServiceName } from '@tsunagu/contracts';
import { opensKeys, provisionConfig, rolesOf, services } from '@tsunagu/deploy';
import { readConfig, readConfigFile, readDatabases } from '@tsunagu/platform';
import { parse } from 'yaml';

const COMPOSE = join(__dirname, '..', '..', 'compose');
const REALM = join(__dirname, '..', '..', 'keycloak', 'tsunagu-realm.json');

type Mounted = string | { readonly source: string; readonly target?: string };

interface Container {
  readonly image: string;
  readonly user?: string;
  readonly build?: { readonly context: string; readonly dockerfile?: string };
  readonly command?: readonly string[];
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly Mounted[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
}

interface Composition {
  readonly services: Readonly<Record<string, Container>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
}

/** With every variable at its default. */
const composition = parse(readFileSync(join(COMPOSE, 'compose.yaml'), 'utf8').replace(/\$\{\w+:-([^}]*)\}/g, '$1'), {
  merge: true,
  maxAliasCount: 1000,
}) as Composition;
const containers = Object.entries(composition.services);
const ours = services.map(({ name }) => name);
const container = (name: string): Container => {
  const found = composition.services[name];
  if (!found) throw new Error(`there is no ${name}`);
  return found;
};
const jobs = ['provision', 'topics', ...ours.map((name) => `migrate-${name}`)];

let folder: string;
let made: readonly string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsunagu-compose-'));
  makeSecrets();
  made = readdirSync(join(folder, 'secrets'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const makeSecrets = (): unknown =>
  execFileSync(process.execPath, [join(COMPOSE, 'secrets.mjs'), join(folder, 'secrets')]);

const secretsOf = (name: string): readonly { source: string; target: string }[] =>
  (container(name).secrets ?? []).map((secret) =>
    typeof secret === 'string'
      ? { source: secret, target: secret }
      : { source: secret.source, target: secret.target ?? secret.source },
  );

/** As the container sees it: its environment, its configuration, and of the secrets its own only. */
function inside(name: string): NodeJS.ProcessEnv {
  const root = join(folder, name);
  mkdirSync(root, { recursive: true });
  for (const { source, target } of secretsOf(name)) {
    writeFileSync(join(root, target), readFileSync(join(folder, composition.secrets[source]?.file ?? '')));
  }
  const environment = container(name).environment ?? {};
  const { source } = container(name).configs?.[0] ?? { source: '' };
  const text = readFileSync(join(COMPOSE, composition.configs[source]?.file ?? ''), 'utf8');
  const file = join(root, 'config.json');
  writeFileSync(file, text.replaceAll('/run/secrets/', `${root}/`));
  return { ...environment, TSUNAGU_CONFIG: file };
}

const whoHas = (target: string): readonly string[] =>
  containers.map(([name]) => name).filter((name) => secretsOf(name).some((secret) => secret.target === target));

describe('every container', () => {
  it.each(containers)('%s can do no more than it must', (_, one) => {
    expect(one).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect([one.privileged, one.cap_add]).toEqual([undefined, undefined]);
  });

  it.each(containers)('%s has an image with a version, or one made here', (_, { image, build }) => {
    expect(/^tsunagu(-keycloak)?:latest$/.test(image) || (/:v?\d+\.\d+/.test(image) && build === undefined)).toBe(true);
  });

  it('tells how it is, unless it ends by itself or has nothing to ask with', () => {
    const silent = containers.filter(([, { healthcheck }]) => healthcheck?.test === undefined).map(([name]) => name);
    expect(silent.sort()).toEqual([...jobs, 'otel-collector', 'tempo'].sort());
  });

  it.each(containers)('%s waits for what there is', (_, { depends_on: before = {} }) => {
    const awaited = Array.isArray(before) ? before : Object.keys(before);
    expect(awaited.filter((name: string) => !(name in composition.services))).toEqual([]);
    const conditions = Array.isArray(before) ? [] : Object.entries(before as Record<string, { condition: string }>);
    for (const [name, { condition }] of conditions)
      expect(condition).toBe(jobs.includes(name) ? 'service_completed_successfully' : 'service_healthy');
  });

  it('is reached from this machine alone, and only in front', () => {
    const open = containers.filter(([, { networks }]) => networks.includes('outside')).map(([name]) => name);
    expect(open).toEqual(['keycloak', 'console', 'grafana']);
    expect(composition.networks['inside']).toEqual({ internal: true });
    const ports = containers.flatMap(([, { ports: published = [] }]) => published);
    expect(ports.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
  });

  it('is given files that are there', () => {
    const mounted = containers.flatMap(([, { volumes = [] }]) => volumes.filter((one) => one.startsWith('.')));
    const files = mounted.map((one) => one.split(':')[0] ?? '');
    const built = containers.flatMap(([, { build }]) =>
      build ? [join(build.context, build.dockerfile ?? 'Dockerfile')] : [],
    );
    const configured = Object.values(composition.configs).map(({ file }) => file);
    expect([...files, ...built, ...configured].filter((file) => !existsSync(join(COMPOSE, file)))).toEqual([]);
  });
});

describe('secrets', () => {
  it('are those that the script makes', () => {
    const wanted = Object.values(composition.secrets).map(({ file }) => file.replace('secrets/', ''));
    expect(wanted.filter((file) => !made.includes(file))).toEqual([]);
    const used = containers.flatMap(([name]) => secretsOf(name).map(({ source }) => source));
    expect([...new Set(used)].sort()).toEqual(Object.keys(composition.secrets).sort());
  });

  it('stay the same when made again', () => {
    const password = () => readFileSync(join(folder, 'secrets', 'database-intake'), 'utf8');
    const before = password();
    makeSecrets();
    expect(password()).toBe(before);
  });

  it.each([
    ['person-token-key', ['intake']],
    ['key-encryption-key', services.filter(opensKeys).map(({ name }) => name)],
    ['owner-password', ours.map((name) => `migrate-${name}`)],
    ['postgres-admin', ['postgres', 'provision']],
    ['kafka-admin', ['topics']],
    ['session-key', ['console']],
  ])('%s is given to whom it concerns', (secret, whom) => expect([...whoHas(secret)].sort()).toEqual([...whom].sort()));
});

describe('configurations', () => {
  it.each(ours)('%s starts from its file alone', (name) => {
    const config = readConfig(name, inside(name));
    expect(config.databases?.reads.url).toMatch(new RegExp(`^postgresql://${name.replace('-', '_')}:.{40,}@postgres`));
    expect([config.databases?.reads.ownerUrl, config.databases?.bus]).toEqual([undefined, undefined]);
    expect(config.kafka?.sasl?.username).toBe(name);
    expect(Object.keys(config.services).every((service) => service in composition.services)).toBe(true);
  });

  it.each(ours)('%s is migrated by its owner', (name) => {
    const { databases } = readDatabases(name, inside(`migrate-${name}`));
    expect(databases?.reads.ownerUrl).toContain(`${name.replace('-', '_')}_owner:`);
    expect(container(`migrate-${name}`).command).toEqual(['node', `services/${name}/dist/main.js`, 'migrate']);
  });

  it('the console starts from its own', () =>
    expect(readConsoleConfig(inside('console')).identity.clientSecret).toHaveLength(43));

  it('every role that is provisioned has a password', () => {
    const { TSUNAGU_CONFIG = '', ...environment } = inside('provision');
    const { databases, passwords } = provisionConfig.parse(readConfigFile(TSUNAGU_CONFIG, environment));
    expect(Object.keys(passwords).sort()).toEqual([...rolesOf(services, databases)].sort());
  });
});

describe('the realm', () => {
  const realm = () =>
    JSON.parse(readFileSync(join(folder, 'secrets', 'realm.json'), 'utf8')) as {
      clients: { clientId: string; secret?: string; directAccessGrantsEnabled?: boolean }[];
      roles: { client: { tsunagu: { name: string }[] } };
    };

  it('knows every role but that of persons, who sign in with a claim code', () => {
    const known = realm().roles.client.tsunagu.map(({ name }) => name);
    expect(known.sort()).toEqual(roles.schema.options.filter((role) => role !== 'person').sort());
    expect([...(readConfig('intake', inside('intake')).issuers[0]?.roles ?? [])].sort()).toEqual(known);
  });

  it.each(['console', ...ours] as ServiceName[])('knows %s by the secret that it has', (name) => {
    const client = realm().clients.find(({ clientId }) => clientId === name);
    expect(client?.secret).toBe(readFileSync(join(folder, 'secrets', `client-${name}`), 'utf8'));
  });

  it('lets nobody sign in past a browser, as committed', () =>
    expect(readFileSync(REALM, 'utf8')).not.toContain('"directAccessGrantsEnabled": true'));
});
