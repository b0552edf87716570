import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const repository = resolve(__dirname, '../../..');
const kubernetes = join(repository, 'infra/kubernetes');

/** As much of any resource as the specs look at. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly data?: Record<string, string>;
  readonly spec?: {
    readonly template?: { readonly metadata: { readonly labels: Record<string, string> }; readonly spec: Pod };
    readonly selector?: Record<string, string> & { readonly matchLabels?: Record<string, string> };
    readonly type?: string;
    readonly podSelector?: PodSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly { readonly from?: readonly { readonly podSelector?: PodSelector }[] }[];
    readonly egress?: readonly { readonly to?: readonly { readonly podSelector?: PodSelector }[] }[];
    readonly scaleTargetRef?: { readonly name: string };
    readonly triggers?: readonly { readonly type: string; readonly metadata: Record<string, string> }[];
    readonly minReplicaCount?: number;
    readonly maxReplicaCount?: number;
    readonly rules?: readonly { readonly http: { readonly paths: readonly Path[] } }[];
  };
}

interface Path {
  readonly backend: { readonly service: { readonly name: string } };
}

interface PodSelector {
  readonly matchLabels?: Record<string, string>;
  readonly matchExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[];
}

interface Pod {
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: object;
  readonly topologySpreadConstraints?: readonly { readonly labelSelector: { readonly matchLabels: object } }[];
  readonly volumes: readonly { readonly name: string; readonly secret?: { readonly secretName: string } }[];
  readonly containers: readonly {
    readonly image: string;
    readonly command: readonly string[];
    readonly securityContext?: object;
    readonly resources: { readonly requests?: object; readonly limits?: object };
    readonly env: readonly { readonly name: string; readonly value?: string }[];
    readonly startupProbe?: Probe;
    readonly livenessProbe?: Probe;
    readonly readinessProbe?: Probe;
  }[];
}

interface Probe {
  readonly httpGet: { readonly path: string };
}

export const overlays = readdirSync(join(kubernetes, 'overlays')).sort();

/** Every resource of an overlay, as rendered. */
export const manifestsOf = (overlay: string): readonly Manifest[] =>
  parseAllDocuments(readFileSync(join(kubernetes, 'generated', `${overlay}.yaml`), 'utf8')).map((document): Manifest =>
    document.toJS(),
  );

/** The keys of every Secret that somebody has to bring. */
export const secretKeys = (): Readonly<Record<string, readonly string[]>> =>
  JSON.parse(readFileSync(join(kubernetes, 'secrets.json'), 'utf8'));

const CALL = /\bservices\s*\.(?:get|post|exists)\b(?:<[^()]*>)?\(\s*'([a-z-]+)'/g;

/** Whom a service calls, in its code: over ServiceClient. */
export function calledBy(service: string): readonly string[] {
  const folder = join(repository, 'services', service, 'src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => /(?<!\.spec|\.fixtures)\.ts$/.test(file));
  const called = sources.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(CALL)].map(([, to]) => to ?? ''),
  );
  return [...new Set(called)].sort();
}
