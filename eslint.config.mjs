import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import house from './infra/architecture/rules.mjs';

// The boundary rule reads the project graph from Nx's cache, and checks nothing where there is none (a fresh clone).
process.env.NX_DAEMON = 'false';
await createProjectGraphAsync();

/** Specs, and the example histories they share. */
const SPECS = ['**/*.spec.ts', '**/*.fixtures.ts'];
const DOMAIN = [
  'services/**/domain/**/*.ts',
  'services/**/*.evolve.ts',
  'services/**/workflow.ts',
  'services/**/*.publisher.ts',
];
const SERVICES = ['intake', 'consent', 'referral', 'follow-up', 'analytics', 'journey', 'console'];
const LIBRARIES = ['layer:kernel', 'layer:adapter', 'layer:bus', 'layer:platform', 'scope:contracts'];

const UNDER_TESTING = ['contracts', 'event-sourcing', 'event-store', 'event-bus', 'read-models', 'sealing', 'platform'];

/** Who may import whom. Services and other applications may be imported by nobody unless `applications` are named. */
const boundaries = (depConstraints, { applications = [] } = {}) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    {
      // The broker's script belongs to no package.
      allow: [...applications.map((name) => `@tsunagu/${name}`), '../../kafka/broker.mjs'],
      // Specs of the low libraries use @tsunagu/testing, which is built on them; no build follows that edge.
      ignoredCircularDependencies: UNDER_TESTING.map((name) => [name, 'testing']),
      depConstraints,
    },
  ],
});

const layers = [
  { sourceTag: 'scope:contracts', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'layer:kernel', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'layer:adapter', onlyDependOnLibsWithTags: ['layer:kernel'] },
  { sourceTag: 'layer:bus', onlyDependOnLibsWithTags: ['layer:kernel', 'scope:contracts'] },
  { sourceTag: 'layer:platform', onlyDependOnLibsWithTags: LIBRARIES },
  { sourceTag: 'layer:testing', onlyDependOnLibsWithTags: LIBRARIES },
  { sourceTag: 'scope:service', onlyDependOnLibsWithTags: LIBRARIES },
  { sourceTag: 'scope:infra', onlyDependOnLibsWithTags: LIBRARIES },
  { sourceTag: 'scope:e2e', onlyDependOnLibsWithTags: ['layer:testing', 'layer:bus', 'scope:contracts'] },
];
const forSpecs = layers.map(({ sourceTag, onlyDependOnLibsWithTags }) => ({
  sourceTag,
  onlyDependOnLibsWithTags: [...onlyDependOnLibsWithTags, 'layer:testing', 'layer:kernel', 'scope:contracts'],
}));
const forBenchmarks = [{ sourceTag: 'scope:e2e', onlyDependOnLibsWithTags: [...LIBRARIES, 'layer:testing'] }];

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '**/node_modules/',
      '.nx/',
      '.cache/',
      '.tsunagu/',
      'coverage/',
      'contracts/generated/',
      'infra/architecture/fixtures/',
    ],
  },
  {
    plugins: { '@nx': nx, '@typescript-eslint': tseslint.plugin, house },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
  },
  ...tseslint.configs.strict.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: {
        project: [
          'tsconfig.spec.json',
          'contracts/tsconfig.json',
          '{libs,services,infra}/*/tsconfig.json',
          'e2e/tsconfig.json',
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { properties: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Nest modules are empty classes.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowEmpty: true }],
      'prefer-const': ['error', { ignoreReadBeforeAssign: true }],
      'no-console': 'error',
      'no-restricted-globals': ['error', 'event', 'name'],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // A switch over a union is one decision, however many cases it has.
      complexity: ['error', { max: 15, variant: 'modified' }],
      'max-depth': ['error', 3],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'house/route-names-its-callers': 'error',
      'house/no-cqrs-events': 'error',
      'house/migrations-go-forward': 'error',
      'house/schemas-have-titles': 'error',
      'house/kafka-in-one-folder': 'error',
      'house/kurrentdb-in-one-folder': 'error',
      'house/keys-stay-in-sealing': 'error',
      'house/telemetry-in-platform': 'error',
      'house/testing-in-specs-only': 'error',
      ...boundaries(layers),
    },
  },
  { files: ['libs/event-sourcing/src/**/*.ts'], ignores: SPECS, rules: { 'house/kernel-imports-nothing': 'error' } },
  {
    files: ['contracts/src/**/*.ts'],
    ignores: [...SPECS, 'contracts/src/tools/**'],
    rules: { 'house/contracts-import-zod-only': 'error' },
  },
  { files: DOMAIN, ignores: SPECS, rules: { 'house/pure-domain': 'error' } },
  {
    files: ['libs/{event-bus,event-store,platform,read-models,sealing}/src/**/*.ts'],
    ignores: SPECS,
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'Date',
          property: 'now',
          message: 'A wait until Date.now() takes hours when the clock is set back: measure with performance.now().',
        },
      ],
    },
  },
  {
    // The bench measures the adapter beside the client that it stands on.
    files: ['libs/event-bus/src/kafka/**/*.ts', 'e2e/load/apart/raw-lines.ts'],
    rules: { 'house/kafka-in-one-folder': 'off' },
  },
  {
    // The double speaks the protocol that the client's generated messages define.
    files: ['libs/event-store/src/kurrentdb/**/*.ts', 'libs/testing/src/kurrentdb-double/**/*.ts'],
    rules: { 'house/kurrentdb-in-one-folder': 'off' },
  },
  { files: ['libs/{platform,testing}/**/*.ts'], rules: { 'house/telemetry-in-platform': 'off' } },
  // The composition roots hand key material over; sealing alone uses it.
  {
    files: [
      'libs/sealing/**/*.ts',
      'libs/testing/**/*.ts',
      'libs/platform/src/engines.ts',
      'infra/deploy/src/databases.ts',
      'libs/platform/src/migrate.ts',
    ],
    rules: { 'house/keys-stay-in-sealing': 'off' },
  },
  { files: ['services/analytics/**/*.ts'], ignores: SPECS, rules: { 'house/analytics-never-opens': 'error' } },
  {
    files: ['services/*/src/**/*.ts'],
    // Secrets are read at the start; the import is a command that reads files.
    ignores: [...SPECS, 'services/*/src/config.ts', 'services/referral/src/directory/import/**'],
    rules: { 'house/services-keep-no-files': 'error' },
  },
  // What a command-line tool prints is its answer.
  { files: ['**/cli.ts', '**/tools/**/*.ts', 'e2e/**/*.ts', 'infra/**/*.ts'], rules: { 'no-console': 'off' } },
  { files: ['infra/deploy/**/*.ts'], rules: boundaries(layers, { applications: SERVICES }) },
  { files: ['infra/local/**/*.ts'], rules: boundaries(layers, { applications: [...SERVICES, 'identity', 'deploy'] }) },
  { files: ['libs/testing/**/*.ts', 'e2e/**/*.ts', ...SPECS], rules: { 'house/testing-in-specs-only': 'off' } },
  {
    files: SPECS,
    rules: {
      ...boundaries(forSpecs),
      'house/every-test-runs': 'error',
      'house/no-sleeping-tests': 'error',
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off',
      // A suite that cannot run says so aloud.
      'no-console': 'off',
    },
  },
  {
    files: ['infra/{local,deploy}/**/*.{spec,fixtures}.ts'],
    rules: boundaries(forSpecs, { applications: [...SERVICES, 'identity', 'deploy'] }),
  },
  // A chapter is told from beginning to end.
  { files: ['e2e/journeys/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  // The harness starts the parts of the product one by one.
  {
    files: ['e2e/support/**/*.ts', 'e2e/faults/**/*.ts'],
    rules: boundaries(forBenchmarks, { applications: ['local'] }),
  },
  { files: ['e2e/load/**/*.ts'], rules: boundaries(forBenchmarks, { applications: SERVICES }) },
);
