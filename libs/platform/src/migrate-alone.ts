import { Client } from 'pg';
import { readDatabases, type ServiceConfig } from './config';
import { schemaOf, type ServiceDefinition } from './definition';
import { searchPath } from './engines';
import { migrate } from './migrate';

/**
 * `node services/<name>/dist/main.js migrate`: a job that has the owner's password, before the services, which do not.
 * @throws Error when the configuration names no owner
 */
export async function migrateAlone(definition: ServiceDefinition, environment: NodeJS.ProcessEnv): Promise<void> {
  const config = readDatabases(definition.name, environment);
  const { reads, events } = config.databases ?? {};
  const isOwned = reads?.ownerUrl !== undefined && (events === undefined || 'kurrentdb' in events || events.ownerUrl);
  if (!isOwned) throw new Error('the configuration names no owner: databases.ownerPassword, or an ownerUrl for each.');
  await migrate(definition, config);
  process.stdout.write(`${definition.name} migrated\n`);
}

/** @throws Error when the read models' tables are older than this version and this process is not the one to change them */
export async function mustBeMigrated(definition: ServiceDefinition, { databases }: ServiceConfig): Promise<void> {
  if (!databases || databases.reads.ownerUrl !== undefined) return;
  const wanted = (definition.migrations ?? []).map(({ name }) => name);
  const client = new Client({ connectionString: databases.reads.url, options: searchPath(schemaOf(definition.name)) });
  await client.connect();
  const done = await client
    .query<{ name: string }>('SELECT name FROM migrations')
    .then(({ rows }) => new Set(rows.map(({ name }) => name)))
    .catch(() => new Set<string>())
    .finally(() => client.end());
  const missing = wanted.filter((name) => !done.has(name));
  if (missing.length === 0) return;
  throw new Error(`its database lacks ${missing.join(', ')}. Run \`main.js migrate\` of this version first.`);
}
