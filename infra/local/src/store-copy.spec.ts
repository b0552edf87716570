import { openLog } from '@tsunagu/event-store';
import { referral } from '@tsunagu/referral';
import { anEvent, eventually, KurrentDouble, newStream, startServices, type TestServices } from '@tsunagu/testing';
import { Client } from 'pg';
import { main } from './store-copy';

let double: KurrentDouble;
beforeEach(async () => {
  double = await new KurrentDouble().start();
});
afterEach(() => {
  double.kill();
  expect(double.refused).toEqual([]);
});

const run = async (...args: string[]): Promise<{ code: number; said: string }> => {
  const lines: string[] = [];
  const code = await main(args, (line) => lines.push(line));
  return { code, said: lines.join('\n') };
};

const counted = async (url: string, sql: string): Promise<number> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ count: number }>(sql);
  await client.end();
  return rows[0]?.count ?? 0;
};

/** An organisation and one service of it; answers the name of every service that the directory then shows. */
async function listed(services: TestServices, name: string): Promise<readonly string[]> {
  const as = 'minato';
  const organisation = await services.call('referral', '/organisations', { as, body: { name, sector: 'npo' } });
  const body = { organisationId: organisation.body.id, kind: 'service', name };
  const { status } = await services.call('referral', '/services', { as, body });
  expect(status).toBe(201);
  await services.settle();
  const page = await services.call('referral', '/services', { as });
  return page.body.items.map((item: { name: string }) => item.name).sort();
}

const published = ({ databases }: TestServices): Promise<number> =>
  counted(databases.bus, 'SELECT count(*)::int AS count FROM bus.messages');

describe('a service whose log is copied from PostgreSQL to KurrentDB, and its configuration changed', () => {
  it('goes on where it was: nothing is projected again, published again or lost; and back', async () => {
    const before = await startServices([referral]);
    expect(await listed(before, 'い')).toEqual(['い']);
    const messages = await published(before);
    await before.close();
    const { databases } = before;
    const logs = [`${databases.events}#referral`, `${double.connectionString}#referral`] as const;
    const there = await run('--from', logs[0], '--to', logs[1], '--reads', `${databases.reads}#referral`);
    expect(there).toEqual({ code: 0, said: expect.stringMatching(/[1-9]\d* checkpoints now stand/) });

    const during = await startServices([referral], { databases, kurrentdb: double.connectionString });
    await during.settle();
    expect(await published(during)).toBe(messages);
    expect(await listed(during, 'ろ')).toEqual(['い', 'ろ']);
    expect(await published(during)).toBe(2 * messages);
    await during.close();

    const back = await run('--from', logs[1], '--to', logs[0], '--reads', `${databases.reads}#referral`);
    expect(back).toEqual({ code: 0, said: expect.stringMatching(/[1-9]\d* checkpoints now stand/) });
    const after = await startServices([referral], { databases });
    expect(await listed(after, 'は')).toEqual(['い', 'は', 'ろ'].sort());
    expect(await published(after)).toBe(3 * messages);
    await after.close();
  });
});

describe('npm run store:copy', () => {
  const address = (): string => `${double.connectionString}#referral`;

  it('shows how far it is, and what both logs hold', async () => {
    const source = openLog(address());
    for (let n = 0; n < 3; n += 1) {
      await source.append(
        newStream(),
        'no-stream',
        Array.from({ length: 200 }, () => anEvent()),
      );
    }
    await source.close();
    process.env['STORE_COPY_SPEC'] = address();
    const { code, said } = await run('--from', 'env:STORE_COPY_SPEC', '--to', `${double.connectionString}#moved`);
    expect(code).toBe(0);
    expect(said).toMatch(/copying: \d+ events/);
    expect(said).toContain('the same 600 events in 3 streams');
    expect(said).toContain('600 were copied now, 0 were there already');
    const target = openLog(`${double.connectionString}#moved`);
    await eventually(async () => expect(await target.readAll({ limit: 1000 })).toHaveLength(600));
    await target.close();
  });

  it('says why it did not copy, with exit code 1', async () => {
    const [source, target] = [openLog(address()), openLog(`${double.connectionString}#moved`)];
    await source.append(newStream(), 'no-stream', [anEvent()]);
    await target.append(newStream(), 'no-stream', [anEvent()]);
    await Promise.all([source.close(), target.close()]);
    const { code, said } = await run('--from', address(), '--to', `${double.connectionString}#moved`);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining('Not copied: Event 1 is') });
  });

  it('shows how it is used when it is not told from where to where, and repeats no password', async () => {
    expect(await run()).toEqual({ code: 2, said: expect.stringContaining('npm run store:copy -- --from') });
    const wrong = run('--from', 'postgres://u:secret@host/db', '--to', address());
    await expect(wrong).rejects.toThrow(/^A log is written postgres:\/\/user:password@host\/database#schema/);
    const reads = run('--from', address(), '--to', address(), '--reads', 'postgres://u:secret@host/db');
    await expect(reads).rejects.toThrow(/^Read models are written postgres:\/\/user:password@host\/database#schema/);
  });
});
