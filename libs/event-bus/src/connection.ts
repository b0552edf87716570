import type { Pool, PoolClient } from 'pg';

/**
 * One connection for several statements. Lost between two of them, it fails the next one; unheard, its `error` would end
 * the process. After any failure it is closed, which rolls back and frees its locks whatever state it was in.
 */
export async function withConnection<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  client.on('error', ignored);
  try {
    const result = await work(client);
    client.off('error', ignored);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

const ignored = (): void => undefined;
