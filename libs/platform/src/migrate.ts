import { eventStoreSchemaSql } from '@tsunagu/event-store';
import { inboxSchemaSql } from '@tsunagu/event-bus';
import { checkpointSchemaSql } from '@tsunagu/read-models';
import { Client, escapeIdentifier } from 'pg';
import type { ServiceConfig } from './config';
import { schemaOf, type ServiceDefinition } from './definition';
import { dataSource, searchPath } from './engines';

type Databases = NonNullable<ServiceConfig['databases']>;

/**
 * Brings a service's schemas to this version, as their owner; running it again changes nothing. Of instances that start
 * together one does it while the others wait. Without owner connections in the configuration it does nothing: then a
 * deployment job has done it before.
 */
export async function migrate(definition: ServiceDefinition, config: Pick<ServiceConfig, 'databases'>): Promise<void> {
  const { databases } = config;
  if (!databases?.reads.ownerUrl) return;
  const turn = new Client({ connectionString: databases.reads.ownerUrl });
  await turn.connect();
  try {
    const name = `tsunagu.migrate/${schemaOf(definition.name)}`;
    await turn.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]);
    await migrateAlone(definition, databases, databases.reads.ownerUrl);
  } finally {
    await turn.end();
  }
}

async function migrateAlone(definition: ServiceDefinition, databases: Databases, ownerUrl: string): Promise<void> {
  const schema = schemaOf(definition.name);
  const { events } = databases;
  // KurrentDB has no schema: a stream begins with its first event.
  if (!('kurrentdb' in events)) {
    if (!events.ownerUrl) return;
    const eventsRole = decodeURIComponent(new URL(events.url).username);
    await runAs(events.ownerUrl, schema, eventStoreSchemaSql(schema, eventsRole));
  }
  const readsRole = decodeURIComponent(new URL(databases.reads.url).username);
  await runAs(ownerUrl, schema, `${inboxSchemaSql};${checkpointSchemaSql}`);
  const owner = await dataSource(definition, ownerUrl).initialize();
  try {
    await owner.runMigrations();
  } finally {
    await owner.destroy();
  }
  await runAs(ownerUrl, schema, grants(schema, readsRole));
}

/** The runtime role keeps the read models and may rebuild them; it cannot alter a table. */
const grants = (schema: string, role: string): string => `
  GRANT USAGE ON SCHEMA ${escapeIdentifier(schema)} TO ${escapeIdentifier(role)};
  GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA ${escapeIdentifier(schema)} TO ${escapeIdentifier(role)};
`;

async function runAs(url: string, schema: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url, options: searchPath(schema) });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
