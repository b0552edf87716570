import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { intake } from '@tsunagu/intake';
import { journey } from '@tsunagu/journey';
import { CONFIG, type ServiceConfig, type ServiceDefinition } from '@tsunagu/platform';
import {
  eventually,
  freshTopics,
  kafkaIsOffered,
  startServices,
  type StartOptions,
  type TestServices,
} from '@tsunagu/testing';
import { Client } from 'pg';
import { main } from '../dead-letters';
import type { Installed } from '../verify/installed';
import { lookAt } from '../verify/look';
import { rebuilt, replay } from './replay';

const town: readonly ServiceDefinition[] = [intake, journey];
const PATIENCE_MS = 30_000;

let services: TestServices;
let options: StartOptions;
let installed: readonly Installed[];
let front: Server;

async function start(more: StartOptions): Promise<void> {
  options = { ...more, config: { retry: { attempts: 2, firstDelayMs: 0, maxDelayMs: 0 } } };
  services = await startServices(town, options);
  installed = town.flatMap((definition) => {
    const config = services.running.get(definition.name)?.app.get<ServiceConfig>(CONFIG);
    return config ? [{ definition, config }] : [];
  });
}

/** As the console does: one address for every service. Those that do not run are down. */
async function opened(): Promise<string> {
  front = createServer((request, response) => {
    const [, service = '', path = ''] = /^\/api\/([^/]+)(\/.*)$/.exec(request.url ?? '') ?? [];
    const running = services.running.get(service);
    const authorization = request.headers.authorization ?? '';
    const { method = 'GET' } = request;
    void (async () => {
      const answer = running && (await fetch(`${running.url}${path}`, { method, headers: { authorization } }));
      response.writeHead(answer?.status ?? 503, { 'content-type': 'application/json' });
      response.end(answer ? await answer.text() : '{}');
    })();
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
}

async function sql(text: string): Promise<void> {
  const client = new Client({ connectionString: services.databases.reads });
  await client.connect();
  await client.query(`SET search_path = journey; ${text}`);
  await client.end();
}

const BROKEN = `
  CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF NEW.type LIKE '%need-recorded%' THEN RAISE EXCEPTION 'cannot'; END IF; RETURN NEW; END $$;
  CREATE TRIGGER broken BEFORE INSERT ON timeline FOR EACH ROW EXECUTE FUNCTION broken()`;
const MENDED = 'DROP TRIGGER broken ON timeline; DROP FUNCTION broken';

async function needRecorded(): Promise<void> {
  const talk = { channel: 'phone', language: 'ja', message: '話し相手がほしい' };
  const { id } = (await services.call('intake', '/consultations', { as: 'aoi', body: talk })).body;
  const body = { need: 'isolation', urgency: 'soon' };
  expect((await services.call('intake', `/consultations/${id}/needs`, { as: 'aoi', body })).status).toBeLessThan(300);
}

async function command(...args: string[]): Promise<{ readonly code: number; readonly said: string }> {
  const lines: string[] = [];
  const code = await main(args, (line) => lines.push(line));
  return { code, said: lines.join('\n') };
}

const differing = async (): Promise<readonly string[]> => {
  const one = installed.find(({ definition }) => definition === journey);
  return one ? ((await lookAt(one)).differing['timeline'] ?? []) : ['not installed'];
};

function promises(more: () => Promise<StartOptions>): void {
  beforeAll(async () => {
    await start(await more());
    process.env['TSUNAGU_ORIGIN'] = await opened();
    process.env['TSUNAGU_TOKEN'] = await services.issuer.workerToken('tsukasa');
  }, 60_000);
  afterAll(async () => {
    delete process.env['TSUNAGU_ORIGIN'];
    delete process.env['TSUNAGU_TOKEN'];
    front.close();
    await services.close();
  });

  it('lists what was given up, puts it back, and says what became of it', async () => {
    await sql(BROKEN);
    await needRecorded();
    const row = /^(\S+) +journey-ledger +intake\.need-recorded\.v1 +P0001 +2 /m;
    const { said, code } = await eventually(async () => {
      const listed = await command('list');
      expect(listed.said).toMatch(row);
      return listed;
    }, PATIENCE_MS);
    expect([code, said]).toEqual([1, expect.stringContaining('Did not answer: consent (503)')]);
    const id = row.exec(said)?.[1] ?? '';
    expect((await command('show', id)).said).toContain('"reason": "P0001"');
    const again = await command('redrive', id, '--wait', '30');
    expect(again).toEqual({ code: 1, said: `${id}  came back: P0001, 4 tries so far` });
    await sql(MENDED);
    expect((await command('redrive', '--all', '--wait', '30')).said).toContain(`${id}  handled`);
    await services.settle();
    expect(await differing()).toEqual([]);
  }, 120_000);

  it('says how it is used when it does not understand', async () => {
    for (const args of [[], ['list', 'x'], ['redrive'], ['redrive', 'x', '--all'], ['list', '--wait', 'x']]) {
      expect(await command(...args)).toEqual({ code: 2, said: expect.stringContaining('npm run dead-letters') });
    }
  });

  it('makes anew what the bus feeds, once its group has stopped, and what the log feeds at any time', async () => {
    await needRecorded();
    await services.settle();
    await sql(`UPDATE timeline SET "actorUser" = 'mallory'`);
    expect((await differing()).length).toBeGreaterThan(0);
    await expect(replay(installed, 'journey-ledger', { anew: true })).rejects.toThrow('is running');
    await expect(rebuilt(installed, 'journey', 'timeline')).rejects.toThrow('--group journey-ledger --anew');
    await expect(replay(installed, 'nobody')).rejects.toThrow('There are: intake-agencies');
    expect(Object.keys(await rebuilt(installed, 'intake', undefined))).toHaveLength(1);
    await services.close();
    await expect(replay(installed, 'intake-erasure', { anew: true })).rejects.toThrow('cannot be done anew');
    await replay(installed, 'journey-ledger', { from: new Date('2026-01-01T00:00:00Z') });
    await replay(installed, 'journey-ledger', { anew: true });
    await start({ ...options, databases: services.databases });
    await services.settle();
    expect(await differing()).toEqual([]);
  }, 120_000);
}

describe('an operator, on the PostgreSQL bus,', () => promises(async () => ({})));

(kafkaIsOffered() ? describe : describe.skip)('an operator, on Kafka,', () => {
  jest.setTimeout(120_000);
  promises(async () => ({ kafka: await freshTopics() }));
});
