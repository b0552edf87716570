/** One configuration for every package: TypeScript through swc, packages from source, one real PostgreSQL per run. */
export default {
  roots: ['<rootDir>/contracts', '<rootDir>/libs', '<rootDir>/services', '<rootDir>/infra', '<rootDir>/e2e'],
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@tsunagu/source', 'node', 'require', 'default'] },
  transform: {
    '^.+\\.[mc]?[jt]s$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
        },
        module: { type: 'commonjs' },
        swcrc: false,
      },
    ],
  },
  transformIgnorePatterns: [
    '/node_modules/(?!(@opentelemetry/otlp-exporter-base|jose|openid-client|oauth4webapi|oidc-provider|nanoid|quick-lru|eta)/)',
  ],
  globalSetup: '<rootDir>/libs/testing/jest/start-postgres.mjs',
  globalTeardown: '<rootDir>/libs/testing/jest/stop-postgres.mjs',
  testTimeout: 30_000,
  maxWorkers: 2,
};
