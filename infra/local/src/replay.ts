import { parseArgs } from 'node:util';
import { replay } from './operations/replay';
import { services } from './services';
import { settingsFrom } from './settings';
import { installedIn } from './verify/installed';

const USAGE = `npm run replay -- --group <group> [--from <instant>] [--anew]
Lets a group of consumers handle again what the bus holds. Stop its service first; it goes on from there when started.
  --from 2026-11-22T09:00:00Z   what was published since; without it, everything
  --anew                        makes the rows of a group that only folds once more: they are emptied now
What a group has handled already is recognised and has no effect twice, unless --anew.
`;

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { group: text, from: text, anew: { type: 'boolean', default: false } } });
  const { group, anew } = values;
  const from = values.from === undefined ? undefined : new Date(values.from);
  if (group === undefined || Number.isNaN(from?.getTime() ?? 0)) {
    console.error(USAGE);
    return 2;
  }
  const { data } = settingsFrom(process.env, []);
  await replay(installedIn(data, services), group, { anew, ...(from ? { from } : {}) });
  console.log(
    `${group} begins ${from ? `at what was published at ${from.toISOString()}` : 'at the beginning'} when it starts.`,
  );
  return 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
