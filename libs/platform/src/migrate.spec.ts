import { freshDatabase } from '@tsunagu/testing';
import { Client } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { ServiceDefinition } from './definition';
import { migrate } from './migrate';

class CreateRows1732233600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE rows (id uuid PRIMARY KEY)');
  }

  async down(): Promise<void> {
    throw new Error('forward only');
  }
}

const INSTANCES = 4;

it('instances that start together on an empty database all find it migrated', async () => {
  const url = await freshDatabase();
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE SCHEMA intake');
  const definition: ServiceDefinition = {
    ...{ name: 'intake', title: 'Intake', description: 'Only its tables' },
    ...{ modules: [], entities: [], migrations: [CreateRows1732233600000] },
  };
  const owned = { url, ownerUrl: url };
  const databases = { events: owned, reads: owned, bus: { url } };
  await Promise.all(Array.from({ length: INSTANCES }, () => migrate(definition, { databases })));
  const { rows } = await client.query('SELECT name FROM intake.migrations');
  expect(rows).toEqual([{ name: CreateRows1732233600000.name }]);
  await client.end();
});
