import { parseArgs } from 'node:util';
import { appendSection } from './append';
import { catchUpSection } from './catch-up';
import { openEngines } from './engines';
import { decideSection } from './decide';
import { growEmmett, growLog } from './grown-log';
import { httpSections } from './http';
import { loadSection } from './load-stream';
import { type BenchPostgres, startPostgres } from './postgres';
import { projectSection } from './project';
import { type Section } from './report';
import { reported } from './reported';
import { FULL, QUICK, type Scale } from './scale';

/**
 * `npm run bench [-- --json file] [--quick]`: the figures of docs beside their baselines, from one run. It measures the
 * libraries themselves, which is why this folder alone may import them; everything else in e2e stays outside.
 */
type Sections = AsyncGenerator<Section>;

async function* appending(postgres: BenchPostgres, scale: Scale): Sections {
  const engines = await openEngines(postgres);
  try {
    yield await appendSection(engines, 1, scale);
    yield await appendSection(engines, 4, scale);
  } finally {
    await engines.close();
  }
}

async function* reading(postgres: BenchPostgres, scale: Scale): Sections {
  const engines = await openEngines(postgres);
  try {
    await growLog(engines.url, 'log', scale.events);
    await growEmmett(engines.emmett.append, scale.emmettEvents);
    const { rows } = await engines.raw.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM log.events');
    const events = rows[0]?.count ?? 0;
    yield await loadSection(engines, scale);
    yield await catchUpSection(engines, events, scale);
    yield await projectSection({ ...engines, readsUrl: await postgres.database(), events }, scale);
  } finally {
    await engines.close();
  }
}

async function* deciding(_: BenchPostgres, scale: Scale): Sections {
  yield decideSection(scale);
}

const PARTS = { append: appending, read: reading, decide: deciding, http: httpSections } as const;
const isPart = (name: string): name is keyof typeof PARTS => name in PARTS;

async function* measured(scale: Scale, parts: readonly (keyof typeof PARTS)[]): Sections {
  const postgres = await startPostgres();
  try {
    for (const part of parts) yield* PARTS[part](postgres, scale);
  } finally {
    await postgres.stop();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'string' }, quick: { type: 'boolean' }, only: { type: 'string', multiple: true } },
  });
  await reported(measured(values.quick ? QUICK : FULL, (values.only ?? Object.keys(PARTS)).filter(isPart)), values);
}

// An interrupted bench takes the servers that it started along.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
