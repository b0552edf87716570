import { setTimeout as delay } from 'node:timers/promises';
import { postgresEventBus } from '@tsunagu/event-bus';
import { openEventStore, readConfig, schemaOf, type ServiceConfig, type ServiceDefinition } from '@tsunagu/platform';
import { compareRebuilt } from '@tsunagu/read-models';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { services } from './services';
import { settingsFrom } from './settings';

/** What is not as the logs say; all counts 0 when everything is. */
interface Findings {
  readonly service: string;
  /** Rows that a rebuild from the log makes otherwise, per read model. */
  readonly differing: Readonly<Record<string, number>>;
  /** Whether the bus lacks events of the log. */
  readonly unpublished: number;
  /** Events not yet handled, per consumer group. */
  readonly unhandled: Readonly<Record<string, number>>;
  readonly deadLetters: number;
}

type Databases = NonNullable<ServiceConfig['databases']> & { readonly bus: { readonly url: string } };

const PATIENCE_MS = 30_000;
const AGAIN_MS = 200;

/** Re-derives everything from the logs, while the town runs, and tells what is not the same; waits for what is on its way. */
async function verify(definition: ServiceDefinition, data: string): Promise<Findings | undefined> {
  const { databases } = readConfig(definition.name, { ...process.env, TSUNAGU_DATA: data });
  if (!databases?.bus) return undefined;
  const named: Databases = { ...databases, bus: databases.bus };
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const findings = await look(definition, named);
    if (isWell(findings) || Date.now() > deadline) return findings;
    await delay(AGAIN_MS);
  }
}

async function look(definition: ServiceDefinition, databases: Databases): Promise<Findings> {
  const schema = schemaOf(definition.name);
  const store = openEventStore(databases.events, schema);
  const bus = postgresEventBus({ connectionString: databases.bus.url });
  const reads = new DataSource({
    type: 'postgres',
    url: databases.reads.url,
    entities: [...(definition.entities ?? [])],
    extra: { options: `-c search_path=${schema}` },
  });
  try {
    await reads.initialize();
    const differing: Record<string, number> = {};
    for (const model of definition.readModels ?? []) {
      differing[model.name] = (await compareRebuilt({ store, dataSource: reads }, model)).length;
    }
    const [relayed] = await reads.query<{ position: string }[]>(
      'SELECT max(position) AS position FROM relay_checkpoints',
    );
    const unpublished = ((await store.head()) ?? null) === (relayed?.position ?? null) ? 0 : 1;
    const unhandled: Record<string, number> = {};
    for (const group of await groupsOf(databases.bus.url)) unhandled[group] = await bus.lag(group);
    const deadLetters = (await bus.deadLetters()).length;
    return { service: definition.name, differing, unpublished, unhandled, deadLetters };
  } finally {
    await Promise.all([store.close(), bus.close(), reads.destroy()]);
  }
}

/** A role sees its own groups only. */
async function groupsOf(connectionString: string): Promise<readonly string[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('SELECT DISTINCT consumer_group AS name FROM bus.offsets');
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

const isWell = ({ differing, unpublished, unhandled, deadLetters }: Findings): boolean =>
  [...Object.values(differing), ...Object.values(unhandled), unpublished, deadLetters].every((count) => count === 0);

/** `npm run verify`: prints the findings as JSON; exit code 1 when anything is not as the logs say. */
async function main(): Promise<void> {
  const { data } = settingsFrom(process.env, []);
  const findings = await Promise.all(services.map((service) => verify(service, data)));
  const found = findings.filter((one) => one !== undefined);
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  process.exitCode = found.every(isWell) ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
