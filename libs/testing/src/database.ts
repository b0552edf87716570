import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/**
 * A new, empty database of its own in the run's PostgreSQL (started by jest's globalSetup).
 * @returns its superuser URL; dropped with the whole server when the run ends
 */
export async function freshDatabase(): Promise<string> {
  const server = process.env['TSUNAGU_TEST_POSTGRES'];
  if (!server)
    throw new Error('TSUNAGU_TEST_POSTGRES is not set: run this through jest, whose globalSetup starts PostgreSQL');
  const name = `t_${randomBytes(6).toString('hex')}`;
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
  return server.replace(/\/postgres$/, `/${name}`);
}
