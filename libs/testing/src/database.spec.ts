import { Client } from 'pg';
import { freshDatabase } from './database';

describe('tests run against a real PostgreSQL', () => {
  it('in a database of their own', async () => {
    const client = new Client({ connectionString: await freshDatabase() });
    await client.connect();
    const { rows } = await client.query<{ version: string }>('SELECT version()');
    await client.end();
    expect(rows[0]?.version).toMatch(/^PostgreSQL 18/);
  });
});
