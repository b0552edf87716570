import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repository } from './kubernetes.fixtures';

const telemetry = join(repository, 'infra/telemetry');
const text = (path: string): string => readFileSync(join(telemetry, path), 'utf8');

/** Every TypeScript file of the product, tests apart, as one text. */
const code = ['libs', 'services']
  .flatMap((root) =>
    readdirSync(join(repository, root), { recursive: true, encoding: 'utf8' }).map((file) =>
      join(repository, root, file),
    ),
  )
  .filter((file) => /\/src\/.*(?<!\.spec|\.fixtures)\.ts$/.test(file) && !/node_modules|\/testing\//.test(file))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

const STRING = String.raw`\s*'((?:[^'\\]|\\.)*)'`;
const all = (pattern: string): readonly (readonly string[])[] =>
  [...code.matchAll(new RegExp(pattern, 'gs'))].map((found) => found.slice(1));
const prometheus = (name = ''): string => name.replaceAll('.', '_');

/** What Prometheus makes of the metrics that the code names (OTLP, translation_strategy UnderscoreEscapingWithSuffixes). */
const metrics = new Set([
  ...all(String.raw`\.(?:duration|timed)\(${STRING}`).flatMap(([name]) =>
    ['bucket', 'sum', 'count'].map((part) => `${prometheus(name)}_seconds_${part}`),
  ),
  ...all(String.raw`\.count\(${STRING}`).map(([name]) => `${prometheus(name)}_total`),
  ...all(String.raw`\.gauge\(${STRING},${STRING},${STRING}`).map(
    ([name, , unit]) => `${prometheus(name)}${suffixOf(unit)}`,
  ),
  ...all(String.raw`readonly name =${STRING};(?:(?!readonly name).)*?readonly unit =${STRING};`).map(
    ([name, unit]) => `${prometheus(name)}${suffixOf(unit)}`,
  ),
]);

function suffixOf(unit = ''): string {
  if (unit !== '' && unit !== 's' && !unit.startsWith('{'))
    throw new Error(`How does Prometheus spell the unit ${unit}?`);
  return unit === 's' ? '_seconds' : '';
}

interface Alerts {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}
interface Dashboard {
  readonly uid: string;
  readonly templating: { readonly list: readonly { readonly query: { readonly query: string } }[] };
  readonly panels: readonly {
    readonly title: string;
    readonly description: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const alerts: Alerts = parse(text('alerts.yaml'));
const dashboards = readdirSync(join(telemetry, 'grafana/dashboards')).map((file): Dashboard =>
  JSON.parse(text(`grafana/dashboards/${file}`)),
);
const queries: readonly (readonly [string, string])[] = [
  ...alerts.groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => [alert, expr] as const)),
  ...dashboards.flatMap(({ panels }) =>
    panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ),
  ...dashboards.flatMap(({ uid, templating }) => templating.list.map(({ query }) => [uid, query.query] as const)),
];

/** What the collector lets pass of a measurement, as Prometheus spells it, and what Prometheus adds. */
const labels = new Set([...listed('datapoint').map(prometheus), 'le', 'job', 'instance', 'alertstate']);

function listed(of: string): readonly string[] {
  const [, list = ''] =
    new RegExp(String.raw`keep_keys\(\s*${of}\.attributes,\s*\[([^\]]*)\]`).exec(
      text('otel-collector.yaml').replaceAll('\\', ''),
    ) ?? [];
  return [...list.matchAll(/"([^"]+)"/g)].map(([, name]) => name ?? '');
}

describe('dashboards and alerts', () => {
  it('find the metrics of the brief in the code', () => {
    for (const name of [
      'http_server_request_duration_seconds_count',
      'tsunagu_command_duration_seconds_bucket',
      'tsunagu_append_conflicts_total',
      'tsunagu_subscription_lag',
      'tsunagu_consumer_lag',
      'tsunagu_projection_batch_duration_seconds_bucket',
      'tsunagu_decision_duration_seconds_bucket',
      'tsunagu_outbox_age_seconds',
      'tsunagu_contacts_overdue',
      'tsunagu_dead_letters',
      'tsunagu_ready',
    ])
      expect(metrics).toContain(name);
  });

  it.each(queries)('%s asks only for metrics and labels that there are: %s', (_, expression) => {
    const words = [...expression.replaceAll(/"[^"]*"/g, '""').matchAll(/\b(?:tsunagu|http)_[a-z_]+/g)].map(
      ([word]) => word,
    );
    expect(words.filter((word) => !metrics.has(word) && !labels.has(word))).toEqual([]);
    const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(/,\s*/));
    const matched = [...expression.matchAll(/[{,]\s*(\w+)\s*(?:=|!=|=~|!~)"/g)].map(([, name]) => name ?? '');
    expect([...grouped, ...matched].filter((name) => !labels.has(name))).toEqual([]);
  });

  it('show every metric of ours somewhere', () => {
    const asked = queries.map(([, expression]) => expression).join('\n');
    const ours = [...metrics].filter((name) => !/_(sum|bucket)$/.test(name));
    expect(ours.filter((name) => !asked.includes(name.replace(/_count$/, '')))).toEqual([]);
  });

  it('explain every panel, and tell every alert what to do', () => {
    expect(dashboards.flatMap(({ panels }) => panels.filter(({ description }) => !description))).toEqual([]);
    expect(text('alerts.yaml').match(/description:/g)).toHaveLength(
      queries.filter(([name]) => /^[A-Z][A-Za-z]+$/.test(name) && name !== 'Alerts').length,
    );
  });
});

it('the collector keeps the attributes that the code gives a span', () => {
  const name = String.raw`'((?:http|url|messaging|cloudevents|error|tsunagu)\.[a-z_.]+)'`;
  const given = [...all(`${name}: `), ...all(String.raw`\.setAttribute\(${name}`)].flatMap(([found]) => found ?? []);
  expect(given).toContain('tsunagu.command');
  const kept = [...listed('span'), ...listed('datapoint')];
  expect([...new Set(given)].filter((found) => !kept.includes(found))).toEqual([]);
});
