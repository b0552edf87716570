import { parseArgs } from 'node:util';
import { services } from './services';
import { settingsFrom } from './settings';
import { installedIn } from './verify/installed';
import { summaryOf } from './verify/summary';
import { isWell, verify } from './verify/verify';

const USAGE = `npm run verify [-- --wait <seconds>]
Re-derives everything from the logs and the bus, while the town of TSUNAGU_DATA runs, and tells what is not the same.
  --wait 30   how long what is on its way may take to arrive
Standard output: the findings as JSON. Standard error: a summary. Exit code 1 when anything is not as the logs say.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { wait: { type: 'string', default: '30' }, help: { type: 'boolean', default: false } },
  });
  const seconds = Number(values.wait);
  if (values.help || !(seconds >= 0)) {
    process.stderr.write(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const { data } = settingsFrom(process.env, []);
  const findings = await verify(installedIn(data, services), { waitMs: seconds * 1_000 });
  process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  process.stderr.write(`${summaryOf(findings)}\n`);
  process.exitCode = findings.every(isWell) ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
