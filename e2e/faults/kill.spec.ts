import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@tsunagu/testing';
import { type Product, removeData, startProduct, temporaryData } from '../support/product';
import { Client } from './client';
import { backendsOf, postmasterOf } from './postgres-processes';
import { Random } from './random';

const seed = Number(process.env['TSUNAGU_FAULT_SEED'] ?? Date.now() % 2 ** 31);
const WORKERS = ['aoi', 'mei', 'yui', 'nagi'];
/** What is repeated afterwards; all of it would take longer than the whole test may. */
const REPEATED = 60;

/** So many more commands are acknowledged before each kill. */
const BETWEEN = { least: 20, spread: 60 };

interface Finding {
  readonly service: string;
}

describe(`kill -9 under load loses nothing that was acknowledged (TSUNAGU_FAULT_SEED=${seed})`, () => {
  const random = new Random(seed);
  let product: Product;
  let clients: Client[];

  const again = async (): Promise<void> => {
    product = await startProduct({ data: product.data, port: Number(new URL(product.url).port) });
  };
  /** Rejects with the first client that was refused something. */
  const acknowledged = async (more: number, working: readonly Promise<void>[]): Promise<void> => {
    const count = (): number => clients.reduce((sum, { sent }) => sum + sent.length, 0);
    const enough = count() + more;
    await Promise.race([eventually(() => expect(count()).toBeGreaterThanOrEqual(enough), 30_000), ...working]);
  };
  const kills: Record<string, () => Promise<void>> = {
    'the process': async () => {
      await product.kill();
      await again();
    },
    'the database': async () => {
      process.kill(await postmasterOf(product.data), 'SIGKILL');
      if (product.process.exitCode === null) await once(product.process, 'exit');
      await again();
    },
    'one connection of the database, which then recovers by itself': async () => {
      const backends = await backendsOf(await postmasterOf(product.data));
      const one = backends[random.below(backends.length)];
      if (one === undefined) throw new Error('no connection is open');
      process.kill(one, 'SIGKILL');
    },
  };

  beforeAll(async () => {
    product = await startProduct({ data: await temporaryData() });
    clients = await Promise.all(WORKERS.map(async (name) => new Client(product.url, await product.token(name))));
    const working = clients.map((client) => client.work());
    for (const kill of random.shuffled(Object.values(kills))) {
      await acknowledged(BETWEEN.least + random.below(BETWEEN.spread), working);
      await kill();
    }
    await acknowledged(BETWEEN.least, working);
    clients.forEach((client) => client.stop());
    await Promise.all(working);
  }, 240_000);

  afterAll(async () => {
    await product.stop();
    await removeData(product.data);
  });

  it('every case is there as its worker left it, each message and contact once', async () => {
    expect(clients.flatMap(({ cases }) => cases).length).toBeGreaterThan(WORKERS.length);
    for (const client of clients) {
      for (const { consultation, messages, plan, attempts } of client.cases) {
        // A worker's last commands may not have reached the rows yet.
        await eventually(async () => {
          const read = await client.get(`intake/consultations/${consultation}`);
          const said = (read.body['messages'] as { text: string }[]).map(({ text }) => text);
          expect(said).toEqual(messages);
          const { body } = await client.get(`follow-up/plans/${plan}`);
          expect(body).toMatchObject({ id: plan, status: 'open', revision: attempts });
        }, 10_000);
      }
    }
  });

  it('every acknowledged command, sent again under its key, is answered as the first time', async () => {
    for (const client of clients) {
      for (const { path, body, key, answer } of random.shuffled(client.sent).slice(0, REPEATED / clients.length)) {
        const repeated = await client.post(path, body, key);
        expect({ path, id: repeated.body['id'], revision: repeated.body['revision'] }).toEqual({
          path,
          id: answer.body['id'],
          revision: answer.body['revision'],
        });
      }
    }
  });

  it('every read model is what a rebuild makes of the log, and every consumer has caught up', async () => {
    const script = join(resolve(__dirname, '../..'), 'infra/local/dist/verify.js');
    const environment = { ...process.env, TSUNAGU_DATA: product.data };
    const { stdout } = await promisify(execFile)(process.execPath, [script], { env: environment }).catch(
      (failure: { stdout: string; stderr: string }) => {
        throw new Error(`${failure.stdout}${failure.stderr}`);
      },
    );
    const findings = JSON.parse(stdout) as Finding[];
    expect(findings.map(({ service }) => service)).toContain('intake');
  }, 60_000);

  it("each person's timeline tells each fact of two services once", async () => {
    for (const client of clients) {
      for (const { person } of client.cases) {
        const { body } = await client.get(`journey/persons/${person}/timeline?limit=100`);
        const types = (body['facts'] as { type: string }[]).map(({ type }) => type);
        for (const once of [/consultation-opened/, /plan-opened/, /contact-attempted/]) {
          expect(types.filter((type) => once.test(type))).toHaveLength(1);
        }
      }
    }
  }, 60_000);
});
