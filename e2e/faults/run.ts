import { resolve } from 'node:path';
import { type Estate, startEstate } from '../support/estate';
import { clockEnvironment, clocks } from './clocks';
import { cuts } from './cuts';
import { deliveries } from './deliveries';
import type { Fault } from './fault';
import { kills } from './kills';
import { outages } from './outages';
import { Random } from './random';
import { type Row, tableOf, writeReport } from './report';
import { Scene } from './scene';

const seed = Number(process.env['TSUNAGU_FAULT_SEED'] ?? Date.now() % 2 ** 31);
const rounds = Number(process.env['TSUNAGU_FAULT_ROUNDS'] ?? 1);
const only = process.env['TSUNAGU_FAULT_ONLY'];
const FOLDER = resolve(process.env['TSUNAGU_FAULT_REPORT'] ?? '.cache');

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Load, the fault at a random point of it, recovery, rest, and whether all that is promised still holds. */
async function suffer(fault: Fault, scene: Scene): Promise<Row> {
  const { tally, estate } = scene;
  const [sent, acknowledged, failures] = [tally.sent, tally.acknowledged.length, scene.failures.length];
  const crashes = estate.crashed().length;
  scene.load();
  await scene.somewhere();
  const failed: string[] = [];
  const injected = await fault.inject(scene).catch(async (error: unknown) => {
    failed.push(String(error));
    await estate.restore();
    return 0;
  });
  const end = performance.now();
  const nextMs = await scene.nextAnswer();
  await scene.rest();
  await scene.still();
  const stillMs = performance.now() - end;
  const { lost, doubled, disordered, unwell } = await scene.check();
  return {
    ...{ fault: fault.name, injected, nextMs, stillMs },
    sent: tally.sent - sent,
    acknowledged: tally.acknowledged.length - acknowledged,
    lost: lost.length,
    doubled: doubled.length,
    wrong: [
      ...failed,
      ...scene.failures.slice(failures),
      ...estate
        .crashed()
        .slice(crashes)
        .map((name) => `${name} ended by itself`),
      ...[
        ...lost.map((what) => `lost: ${what}`),
        ...doubled.map((what) => `doubled: ${what}`),
        ...disordered,
        ...unwell,
      ],
    ],
  };
}

async function all(estate: Estate): Promise<readonly Row[]> {
  const random = new Random(seed);
  const scene = await Scene.on(estate, random);
  const chosen = [...kills, ...cuts, ...deliveries, ...outages, clocks].filter(
    ({ name }) => only === undefined || new RegExp(only).test(name),
  );
  const rows: Row[] = [];
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const fault of random.shuffled(chosen)) {
        const row = await suffer(fault, scene).catch((error: unknown) => {
          throw new Error(`${fault.name}: ${String(error)}`);
        });
        rows.push(row);
        say(`${row.wrong.length === 0 ? 'ok  ' : 'WRONG'} ${row.fault} (${Math.round(row.stillMs)} ms to recover)`);
        row.wrong.slice(0, 10).forEach((what) => say(`      ${what}`));
      }
    }
  } finally {
    await scene.observer.close();
  }
  return rows;
}

/** `npm run faults`. */
async function main(): Promise<void> {
  say(`Faults under load, TSUNAGU_FAULT_SEED=${seed} …`);
  const estate = await startEstate({ instances: 2, environment: clockEnvironment });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void estate.close().finally(() => process.exit(1)));
  }
  say(`two of every service run at ${estate.url}`);
  try {
    const rows = await all(estate);
    const table = tableOf(rows);
    writeReport(resolve(FOLDER, 'faults.md'), `${table}\n\nTSUNAGU_FAULT_SEED=${seed}\n`);
    const numFailedTests = rows.filter(({ wrong }) => wrong.length > 0).length;
    const report = { numPassedTests: rows.length - numFailedTests, numFailedTests, numRuntimeErrorTestSuites: 0 };
    writeReport(resolve(FOLDER, 'faults-report.json'), JSON.stringify(report));
    say(`\n${table}\n\nfaults: ${report.numPassedTests} survived, ${numFailedTests} not; TSUNAGU_FAULT_SEED=${seed}`);
    process.exitCode = numFailedTests === 0 ? 0 : 1;
  } finally {
    await estate.close();
  }
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
