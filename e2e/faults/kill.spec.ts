import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@tsunagu/testing';
import { type Product, removeData, startProduct, temporaryData } from '../support/product';
import { type Caller, Tally } from './caller';
import { callerAt, type Casework, caseworkAt } from './casework';
import { asLeft, asTold, sentAgain } from './checks';
import { backendsOf, postmasterOf } from './postgres-processes';
import { Random } from './random';

const seed = Number(process.env['TSUNAGU_FAULT_SEED'] ?? Date.now() % 2 ** 31);
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
  let work: readonly Casework[];
  let auditor: Caller;
  const tally = new Tally();

  const again = async (): Promise<void> => {
    product = await startProduct({ data: product.data, port: Number(new URL(product.url).port) });
  };
  const failures = (): readonly string[] => work.flatMap((one) => one.failures);
  const cases = () => work.flatMap((one) => one.cases);
  const acknowledged = async (more: number): Promise<void> => {
    const enough = tally.acknowledged.length + more;
    await eventually(() => expect(tally.acknowledged.length).toBeGreaterThanOrEqual(enough), 30_000);
    expect(failures()).toEqual([]);
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
    work = await caseworkAt(product, tally);
    auditor = await callerAt(product, tally, 'shiori');
    work.forEach((one) => one.begin());
    for (const kill of random.shuffled(Object.values(kills))) {
      await acknowledged(BETWEEN.least + random.below(BETWEEN.spread));
      await kill();
    }
    await acknowledged(BETWEEN.least);
    await Promise.all(work.map((one) => one.rest()));
    expect(failures()).toEqual([]);
  }, 240_000);

  afterAll(async () => {
    await product.stop();
    await removeData(product.data);
  });

  it('every case is there as its workers left it, each thing once', async () => {
    expect(cases().length).toBeGreaterThan(work.length);
    for (const one of cases()) {
      // Its last commands may not have reached the rows yet.
      await eventually(async () => expect(await asLeft(one)).toEqual({ lost: [], doubled: [] }), 10_000);
    }
  }, 60_000);

  it('every acknowledged command, sent again under its key, is answered as the first time', async () => {
    expect(await sentAgain(random.shuffled(tally.acknowledged).slice(0, REPEATED))).toEqual([]);
  }, 60_000);

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

  it("each person's timeline tells each fact of four services once, in its order", async () => {
    for (const one of cases()) expect(await asTold(one, auditor)).toEqual({ lost: [], doubled: [], disordered: [] });
  }, 60_000);
});
