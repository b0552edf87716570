import { join } from 'node:path';
import { version } from '../../package.json';
import { settingsFrom } from '../settings';
import { argumentsOf, fromHere, runCommand, URL_USAGE, urlsFrom } from './arguments';
import type { Manifest } from './artefact';
import { backup } from './backup';
import { keyCheckOf, withInstallation } from './embedded';

const USAGE = `Backs up every database, while everything runs.

  npm run backup -- --to <new folder> --keys-to <new folder>

Keep the two folders in different places: only both together, with the key-encryption key, can be read.

${URL_USAGE}`;

export async function main(
  args: readonly string[],
  say: (line: string) => void = (line) => console.log(line),
): Promise<number> {
  const given = argumentsOf(args);
  if (given.to === undefined || given['keys-to'] === undefined) {
    say(USAGE);
    return 2;
  }
  const into = { to: fromHere(given.to), keysTo: fromHere(given['keys-to']), version, say };
  const urls = urlsFrom(given);
  const { data } = settingsFrom(process.env, []);
  const made = urls
    ? await backup({ ...into, urls })
    : await withInstallation(data, say, (installed, secrets) =>
        backup({ ...into, urls: installed, keyCheck: keyCheckOf(secrets) }),
      );
  say(report(made, into.to, into.keysTo));
  if (!urls)
    say(`Not in it: ${join(data, 'secrets.json')}, which does not change. Keep one copy of it in a third place.`);
  return 0;
}

function report({ databases, asOf }: Manifest, to: string, keysTo: string): string {
  const tables = databases.flatMap((database) => database.tables);
  const rows = tables.reduce((sum, { content }) => sum + content.rows, 0);
  return `
Backed up as of ${asOf}: ${rows} rows of ${tables.length} tables.
  logs, read models, bus   ${to}
  keys                     ${keysTo}
What to do with them: docs/backup.md.`;
}

if (process.argv[1] === __filename) runCommand(main);
