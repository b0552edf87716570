import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
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
import { printed, type Section } from './report';
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

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'string' }, quick: { type: 'boolean' }, only: { type: 'string', multiple: true } },
  });
  const scale = values.quick ? QUICK : FULL;
  const postgres = await startPostgres();
  const sections: Section[] = [];
  try {
    for (const part of (values.only ?? Object.keys(PARTS)).filter(isPart)) {
      for await (const section of PARTS[part](postgres, scale)) {
        sections.push(section);
        process.stdout.write(`${printed(section)}\n`);
      }
    }
  } finally {
    await postgres.stop();
  }
  const met = sections.flatMap(({ goals }) => goals).filter((goal) => goal.met).length;
  const all = sections.flatMap(({ goals }) => goals).length;
  process.stdout.write(`\n${met} of ${all} goals met\n`);
  if (values.json) {
    const machine = { node: process.version, cpus: cpus().map(({ model }) => model) };
    await writeFile(values.json, `${JSON.stringify({ machine, quick: values.quick ?? false, sections }, null, 2)}\n`);
  }
}

// An interrupted bench takes the servers that it started along.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
