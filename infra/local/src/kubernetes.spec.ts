import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConsoleConfig } from '@tsunagu/console';
import { declaredTopics } from '@tsunagu/deploy';
import { consumersOf, readConfig, readDatabases, type ServiceConfig } from '@tsunagu/platform';
import { calledBy, type Manifest, manifestsOf, overlays, repository, secretKeys } from './kubernetes.fixtures';
import { services } from './services';

const names = services.map(({ name }) => name);
const parts = [...names, 'console'];
const NAME = 'app.kubernetes.io/name';
const COMPONENT = 'app.kubernetes.io/component';

it('infra/kubernetes/generated is what the sources come to (npm run kubernetes:render)', () => {
  const said = execFileSync(process.execPath, ['infra/kubernetes/render.mjs', '--check'], {
    cwd: repository,
    encoding: 'utf8',
    stdio: 'inherit',
  });
  expect(said).toBeNull();
});

describe.each(overlays)('in the overlay %s', (overlay) => {
  it('puts everything into one of our namespaces', () => {
    const homeless = manifestsOf(overlay).filter(
      ({ kind, metadata }) => kind !== 'Namespace' && !metadata.namespace?.startsWith('tsunagu'),
    );
    expect(homeless).toEqual([]);
  });

  const ours = manifestsOf(overlay).filter(
    ({ kind, metadata }) => (kind === 'Namespace' ? metadata.name : metadata.namespace) === 'tsunagu',
  );
  const all = (...kinds: readonly string[]): readonly Manifest[] => ours.filter(({ kind }) => kinds.includes(kind));
  const one = (kind: string, name: string): Manifest => {
    const found = all(kind).find(({ metadata }) => metadata.name === name || metadata.name.startsWith(`${name}-`));
    if (!found) throw new Error(`no ${kind} ${name}`);
    return found;
  };
  const settings = one('ConfigMap', 'tsunagu-settings').data ?? {};
  const config = one('ConfigMap', 'tsunagu-config').data ?? {};

  describe.each(parts)('%s', (part) => {
    const labels = { [NAME]: part, [COMPONENT]: 'server' };
    const template = one('Deployment', `tsunagu-${part}`).spec?.template;
    const container = template?.spec.containers[0];

    it('is asked whether it has started, lives and is ready', () => {
      expect(container?.startupProbe?.httpGet.path).toBe('/health/live');
      expect(container?.livenessProbe?.httpGet.path).toBe('/health/live');
      expect(container?.readinessProbe?.httpGet.path).toBe('/health/ready');
    });

    it('is reached by a Service, kept up by a disruption budget, spread over nodes: it and nothing else', () => {
      expect(template?.metadata.labels).toMatchObject(labels);
      expect(one('Deployment', `tsunagu-${part}`).spec?.selector?.matchLabels).toMatchObject(labels);
      expect(one('Service', `tsunagu-${part}`).spec?.selector).toMatchObject(labels);
      expect(one('PodDisruptionBudget', `tsunagu-${part}`).spec?.selector?.matchLabels).toMatchObject(labels);
      const spread = template?.spec.topologySpreadConstraints ?? [];
      expect(spread.map(({ labelSelector }) => labelSelector.matchLabels)).toEqual([
        expect.objectContaining(labels),
        expect.objectContaining(labels),
      ]);
    });

    it('may call and be called by whom the code says', () => {
      const { podSelector, policyTypes, ingress, egress } = one('NetworkPolicy', `tsunagu-${part}`).spec ?? {};
      expect(podSelector?.matchLabels).toMatchObject(labels);
      expect(policyTypes).toEqual(['Ingress', 'Egress']);
      const named = (selector?: typeof podSelector) =>
        selector?.matchExpressions?.flatMap(({ values }) => values) ?? [];
      const from = ingress?.flatMap((rule) => (rule.from ?? []).flatMap((peer) => named(peer.podSelector))) ?? [];
      const to = egress?.flatMap((rule) => (rule.to ?? []).flatMap((peer) => named(peer.podSelector))) ?? [];
      expect([...to].sort()).toEqual(reaches(part));
      expect([...from].sort()).toEqual(parts.filter((other) => reaches(other).includes(part)).sort());
    });
  });

  it('has a migration of every service, which no Service sends requests to', () => {
    const jobs = all('Job').filter(({ metadata }) => metadata.labels?.[COMPONENT] === 'migration');
    expect(jobs.map(({ metadata }) => metadata.name).sort()).toEqual(names.map((n) => `tsunagu-migration-${n}`).sort());
    expect(jobs.map(({ spec }) => spec?.template?.spec.containers[0]?.command.at(-1))).toEqual(
      names.map(() => 'migrate'),
    );
  });

  it('gives no pod any right', () => {
    const pods = all('Deployment', 'Job');
    expect(pods.length).toBeGreaterThanOrEqual(parts.length + names.length + 2);
    for (const { spec } of pods) {
      expect(spec?.template?.spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            resources: {
              requests: { cpu: expect.anything(), memory: expect.anything() },
              limits: { memory: expect.anything() },
            },
          },
        ],
      });
    }
  });

  it('lets nobody talk to anybody unless a policy says so, and shows the world the console alone', () => {
    const nothing = one('NetworkPolicy', 'tsunagu-nothing').spec;
    expect(nothing).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(all('Service').filter(({ spec }) => spec?.type !== undefined)).toEqual([]);
    const paths = all('Ingress').flatMap(({ spec }) => spec?.rules?.flatMap(({ http }) => http.paths) ?? []);
    expect(paths.map(({ backend }) => backend.service.name)).toEqual(['tsunagu-console']);
  });

  describe('secrets', () => {
    const mounted = (name: string): string =>
      one(name.includes('migration') ? 'Job' : 'Deployment', name).spec?.template?.spec.volumes.find(
        (volume) => volume.name === 'secrets',
      )?.secret?.secretName ?? '';
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'tsunagu-secrets-'));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    /** The environment of a process that is given this Secret and no other. */
    function given(secret: string, file: string): NodeJS.ProcessEnv {
      const place = mkdtempSync(join(folder, secret));
      mkdirSync(join(place, 'run'));
      for (const key of secretKeys()[secret] ?? [])
        writeFileSync(join(place, 'run', key), Buffer.alloc(32).toString('base64'));
      const text = (config[file] ?? '').replaceAll('/run/secrets/', `${join(place, 'run')}/`);
      writeFileSync(join(place, file), text);
      return { ...settings, TSUNAGU_CONFIG: join(place, file) };
    }

    it('are referred to, never contained', () => expect(all('Secret')).toEqual([]));

    it.each(services)('of $name are enough, and no more than it may have', ({ name, seals }) => {
      const { databases, secrets, kafka }: ServiceConfig = readConfig(
        name,
        given(mounted(`tsunagu-${name}`), 'service.json'),
      );
      expect(secrets.keyEncryptionKey !== undefined).toBe(seals !== false);
      expect(secrets.personTokenKey !== undefined).toBe(name === 'intake');
      expect(databases?.reads.ownerUrl).toBeUndefined();
      expect(kafka?.brokers).toEqual([settings['KAFKA_BROKER']]);
    });

    it.each(names)('of the migration of %s are those of its tables’ owner', (name) => {
      const { databases } = readDatabases(name, given(mounted(`tsunagu-migration-${name}`), 'service.json'));
      expect(databases?.reads.ownerUrl).toContain('_owner:');
    });

    it('of the console are enough', () =>
      expect(readConsoleConfig(given(mounted('tsunagu-console'), 'console.json')).identity.clientId).toBe('console'));

    it('are listed in infra/kubernetes/secrets.json, all that are mounted', () => {
      const used = all('Deployment', 'Job').flatMap(({ spec }) =>
        (spec?.template?.spec.volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? []),
      );
      const listed = Object.keys(secretKeys()).filter((name) => name !== 'tsunagu-autoscaling');
      expect([...used].sort()).toEqual(listed.sort());
    });
  });
});

it('the secrets made up for a trial are all that are listed, but those that its engines do without', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsunagu-trial-'));
  const made: { items: { metadata: { name: string }; data: object }[] } = JSON.parse(
    execFileSync(process.execPath, [join(repository, 'infra/kubernetes/secrets.mjs'), folder], { encoding: 'utf8' }),
  );
  rmSync(folder, { recursive: true });
  const keys = new Map(made.items.map(({ metadata, data }) => [metadata.name, Object.keys(data).sort()]));
  for (const [name, listed] of Object.entries(secretKeys())) {
    expect(keys.get(name)).toEqual(listed.filter((key) => key !== 'ca.crt' && !key.startsWith('kafka-')).sort());
  }
});

describe('autoscaling', () => {
  const scaled = manifestsOf('production').filter(({ kind }) => kind === 'ScaledObject');

  it.each(services)('of $name follows every consumer group that it has, and no other', (definition) => {
    const { spec } = scaled.find(({ metadata }) => metadata.name === `tsunagu-${definition.name}`) ?? {};
    expect(spec?.scaleTargetRef?.name).toBe(`tsunagu-${definition.name}`);
    const groups = (spec?.triggers ?? []).flatMap(({ type, metadata }) =>
      type === 'kafka' ? metadata['consumerGroup'] : [],
    );
    expect([...groups].sort()).toEqual(
      consumersOf(definition)
        .map(({ group }) => group)
        .sort(),
    );
  });

  it('never makes more instances than there are partitions, nor fewer than two', () => {
    const partitions = Math.min(...declaredTopics().map(({ partitions }) => partitions));
    expect(scaled.map(({ spec }) => [spec?.minReplicaCount, spec?.maxReplicaCount])).toEqual(
      names.map(() => [2, partitions]),
    );
  });
});

/** Whom a part reaches: whom its code calls, and intake, whose key every service checks a person's token with. */
function reaches(part: string): readonly string[] {
  return part === 'console' ? [...names].sort() : [...new Set([...calledBy(part), 'intake'])].sort();
}
