import { parseArgs } from 'node:util';
import { rebuilt } from './operations/replay';
import { services } from './services';
import { settingsFrom } from './settings';
import { installedIn } from './verify/installed';

const USAGE = `npm run rebuild -- <service> [<read model>]
Makes read models of the service's own log once more, and puts them in place of what is there; the service may run.
`;

async function main(): Promise<number> {
  const [service, model, ...more] = parseArgs({ allowPositionals: true }).positionals;
  if (service === undefined || more.length > 0) {
    console.error(USAGE);
    return 2;
  }
  const { data } = settingsFrom(process.env, []);
  const events = await rebuilt(installedIn(data, services), service, model);
  for (const [name, count] of Object.entries(events)) console.log(`${name} made once more from ${count} events`);
  return 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
