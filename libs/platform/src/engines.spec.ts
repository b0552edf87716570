import { freshDatabase } from '@tsunagu/testing';
import { Client } from 'pg';
import { searchPath } from './engines';

it('the server lets go of a client that has vanished, and of the locks that it held, within half a minute', async () => {
  const client = new Client({ connectionString: await freshDatabase(), options: searchPath('intake') });
  await client.connect();
  const { rows } = await client.query<Record<'idle' | 'interval' | 'count' | 'path', string>>(
    `SELECT current_setting('tcp_keepalives_idle') AS idle, current_setting('tcp_keepalives_interval') AS interval,
            current_setting('tcp_keepalives_count') AS count, current_setting('search_path') AS path`,
  );
  await client.end();
  const [{ idle, interval, count, path } = { idle: '', interval: '', count: '', path: '' }] = rows;
  expect(Number(idle) + Number(interval) * Number(count)).toBeLessThan(30);
  expect(Number(idle)).toBeGreaterThan(0);
  expect(path).toBe('intake');
});
