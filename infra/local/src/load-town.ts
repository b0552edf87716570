import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readPrivately } from './private-file';
import { settingsFrom } from './settings';
import { loadTown } from './town';
import type { CommandLine } from './worker-token';

const USAGE = `TSUNAGU_DATA=infra/compose/secrets npm run town -- [--url http://localhost:8080]
Loads the sample town, once, into an installation that somebody else started; its workers can sign in there already.`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { url: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const { data, origin } = settingsFrom(process.env, []);
  const known = readPrivately(join(data, 'services', 'command-line.json'));
  if (known === undefined) throw new Error(`${data} says of no way to sign in.\n${USAGE}`);
  await loadTown({ origin: values.url ?? origin, data, ...(known as CommandLine) }, (line) =>
    process.stdout.write(`${line}\n`),
  );
  process.stdout.write('the sample town is there\n');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
