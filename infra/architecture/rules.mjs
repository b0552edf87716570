/**
 * The house rules that no ready-made ESLint rule knows, as one small plugin. Which files each one governs is said in
 * eslint.config.mjs; a fixture that breaks it is in fixtures/<rule>/.
 */

const sourceOf = (node) => (typeof node?.value === 'string' ? node.value : undefined);

const rule = (description, create) => ({
  meta: { type: 'problem', schema: [], docs: { description } },
  create,
});

/**
 * A rule over what a file imports, re-exports or requires.
 * `judge(from, names)` answers what is wrong, or nothing.
 */
const importRule = (description, judge) =>
  rule(description, (context) => {
    const check = (node, source, names) => {
      const from = sourceOf(source);
      const isType = node.importKind === 'type' || node.exportKind === 'type' || node.type === 'TSImportType';
      const wrong = from === undefined ? undefined : judge(from, names, isType);
      if (wrong) context.report({ node, message: wrong });
    };
    const namesOf = (specifiers) => specifiers.map((one) => one.imported?.name ?? one.local?.name ?? '*');
    return {
      ImportDeclaration: (node) => check(node, node.source, namesOf(node.specifiers)),
      ExportNamedDeclaration: (node) => check(node, node.source, namesOf(node.specifiers)),
      ExportAllDeclaration: (node) => check(node, node.source, ['*']),
      ImportExpression: (node) => check(node, node.source, ['*']),
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal, [node.qualifier?.name ?? '*']),
      'CallExpression[callee.name="require"]': (node) => check(node, node.arguments[0], ['*']),
    };
  });

const isRelative = (from) => from.startsWith('./') || from.startsWith('../') || from === '.' || from === '..';

const onlyFrom = (description, allowed) =>
  importRule(description, (from) =>
    isRelative(from) || allowed.some((one) => one.test(from)) ? undefined : `${description} (not '${from}')`,
  );

const neverFrom = (description, forbidden) =>
  importRule(description, (from) => (forbidden.test(from) ? `${description} (not '${from}')` : undefined));

const PURE_IMPORTS = [/^@tsunagu\/(event-sourcing|contracts|calendar)$/, /^@holiday-jp\/holiday_jp$/];
const IMPURE_GLOBALS = new Set([
  'process',
  'fetch',
  'performance',
  'crypto',
  'console',
  'globalThis',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
]);

/** The shapes that sealed fields, read models and publishers are written in; as types they bring nothing in. */
const isShape = (from, names) =>
  /^@tsunagu\/(platform|read-models)$/.test(from) ||
  (from === '@tsunagu/sealing' && names.every((name) => name === 'Sealed'));

const pureImports = importRule('Domain code imports only what is pure', (from, names, isType) =>
  isRelative(from) || PURE_IMPORTS.some((one) => one.test(from)) || (isType && isShape(from, names))
    ? undefined
    : `Domain code imports only the kernel, the contracts and its own files: facts come in (not '${from}')`,
);

const pureGlobals = rule('Domain code asks no clock, no randomness and no outside world: facts come in', (context) => {
  const report = (node, what) =>
    context.report({ node, message: `${what} is not a fact: pass it in with the command` });
  const isGlobal = (node) => {
    let scope = context.sourceCode.getScope(node);
    for (; scope; scope = scope.upper) {
      if (scope.set.get(node.name)?.defs.length) return false;
    }
    return true;
  };
  return {
    'MemberExpression[object.name="Date"][property.name="now"]': (node) => report(node, 'Date.now()'),
    'NewExpression[callee.name="Date"][arguments.length=0]': (node) => report(node, 'new Date()'),
    'CallExpression[callee.name="Date"]': (node) => report(node, 'Date()'),
    'MemberExpression[object.name="Math"][property.name="random"]': (node) => report(node, 'Math.random()'),
    Identifier: (node) => {
      if (!IMPURE_GLOBALS.has(node.name)) return;
      const { parent } = node;
      const isName =
        (parent.type === 'MemberExpression' && parent.property === node && !parent.computed) ||
        ('key' in parent && parent.key === node && !parent.shorthand) ||
        parent.type.startsWith('TS');
      if (!isName && isGlobal(node)) report(node, node.name);
    },
  };
});

const both = (description, ...parts) =>
  rule(description, (context) => {
    const visitors = parts.map((part) => part.create(context));
    const names = [...new Set(visitors.flatMap((visitor) => Object.keys(visitor)))];
    return Object.fromEntries(names.map((name) => [name, (node) => visitors.forEach((one) => one[name]?.(node))]));
  });

const ROUTES = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete', 'All', 'Options', 'Head', 'Search', 'Sse']);
const ACCESS = new Set(['Allow', 'AllowService', 'SignedIn', 'Public']);
const decoratorNames = (node) =>
  (node.decorators ?? []).map(({ expression }) => (expression.callee ?? expression).name).filter(Boolean);

const routeNamesItsCallers = rule('Every HTTP route says who may call it', (context) => ({
  MethodDefinition: (node) => {
    const names = decoratorNames(node);
    if (names.some((name) => ROUTES.has(name)) && !names.some((name) => ACCESS.has(name))) {
      context.report({ node: node.key, message: 'Say who may call this route: @Allow, @AllowService or @Public' });
    }
  },
}));

const migrationsGoForward = rule('A migration only goes forward', (context) => ({
  'MethodDefinition[key.name="down"]': ({ value }) => {
    const statements = value.body?.body ?? [];
    if (statements.some(({ type }) => type !== 'ThrowStatement')) {
      context.report({ node: value, message: 'What a migration lost, no other brings back: write a new one instead' });
    }
  },
}));

const SUITES = new Set(['describe', 'it', 'test']);
const NOT_RUN = new Set(['fit', 'fdescribe', 'xit', 'xtest', 'xdescribe']);

/** A suite chosen at run time, `(found ? describe : describe.skip)(…)`, is allowed: it says loudly what is missing. */
const everyTestRuns = rule('No test is focused, skipped or left to do', (context) => ({
  CallExpression: ({ callee }) => {
    const bare = callee.type === 'Identifier' && NOT_RUN.has(callee.name);
    let object = callee;
    let marked = false;
    while (object.type === 'MemberExpression' || object.type === 'CallExpression') {
      marked ||= ['only', 'skip', 'todo', 'failing'].includes(object.property?.name);
      object = object.type === 'MemberExpression' ? object.object : object.callee;
    }
    if (bare || (marked && SUITES.has(object.name))) {
      context.report({ node: callee, message: 'Every test runs: no focus, no skip, no todo' });
    }
  },
}));

const noSleepingTests = both(
  'Tests wait for a condition, never for an amount of time',
  neverFrom('Tests wait for a condition, never for an amount of time', /^(node:)?timers(\/promises)?$/),
  rule('', (context) => ({
    'CallExpression[callee.name="setTimeout"]': (node) =>
      context.report({ node, message: 'Wait for the condition itself (eventually() in @tsunagu/testing)' }),
  })),
);

const KEY_FUNCTIONS =
  /^(create(Cipher|Decipher)iv|hkdf(Sync)?|keySchemaSql|KeyStore|keyStore|(file|vault|kms)KeyEncryption|KeyEncryption)$/;

const keysStayInSealing = importRule('Only libs/sealing sees a key', (from, names) =>
  /^@tsunagu\/sealing\//.test(from) ||
  (/^((node:)?crypto|@tsunagu\/sealing)$/.test(from) && names.some((name) => KEY_FUNCTIONS.test(name)))
    ? 'Only libs/sealing sees a key: seal and open through Sealer'
    : undefined,
);

/** zod 4.6 moves a schema with an id into `$defs`, where nestjs-zod 5 does not look for the root of a DTO. */
const schemasHaveTitles = rule('A schema is named by its title', (context) => ({
  'CallExpression[callee.property.name="meta"] > ObjectExpression > Property[key.name="id"]': (node) =>
    context.report({ node, message: 'Name the schema by `title`: an `id` breaks the OpenAPI document' }),
}));

const CQRS = new Set(['AggregateRoot', 'EventPublisher', 'Saga', 'EventBus', 'IEventBus', 'EventsHandler', 'ofType']);

const noCqrsEvents = importRule('Events go to the event store, not to the bus of @nestjs/cqrs', (from, names) => {
  const used = from === '@nestjs/cqrs' ? names.find((name) => CQRS.has(name)) : undefined;
  return used && `${used} is unordered, transient and swallows failures: append to the event store (docs/adr/0001)`;
});

export default {
  rules: {
    'kernel-imports-nothing': onlyFrom('libs/event-sourcing imports nothing', []),
    'contracts-import-zod-only': onlyFrom('contracts imports zod only', [/^zod$/]),
    'schemas-have-titles': schemasHaveTitles,
    'pure-domain': both('Domain code is pure', pureImports, pureGlobals),
    'route-names-its-callers': routeNamesItsCallers,
    'every-test-runs': everyTestRuns,
    'no-sleeping-tests': noSleepingTests,
    'keys-stay-in-sealing': keysStayInSealing,
    'analytics-never-opens': importRule('analytics has no path to a person', (from, names) =>
      from === '@tsunagu/sealing' || names.some((name) => /^(SEALER|Sealer|ServiceClient|AccessLog)$/.test(name))
        ? 'analytics has no path to a person: it may neither open sealed data nor ask another service'
        : undefined,
    ),
    'kafka-in-one-folder': neverFrom('kafkajs is used in libs/event-bus/src/kafka only', /^kafkajs$/),
    'migrations-go-forward': migrationsGoForward,
    'kurrentdb-in-one-folder': neverFrom(
      '@eventstore/db-client is used in libs/event-store/src/kurrentdb only',
      /^@eventstore\/db-client(\/|$)/,
    ),
    'no-cqrs-events': noCqrsEvents,
    'services-keep-no-files': neverFrom('A service keeps nothing in files', /^(node:)?fs(\/promises)?$/),
    'telemetry-in-platform': neverFrom(
      'Spans and metrics are made in libs/platform, where what they say is limited (ADR 0017)',
      /^@opentelemetry\//,
    ),
    'testing-in-specs-only': neverFrom(
      'Test helpers are for specs',
      /^(@tsunagu\/testing|@nestjs\/testing|fast-check)$/,
    ),
  },
};
