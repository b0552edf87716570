import { settingsFrom } from '../settings';
import { argumentsOf, fromHere, runCommand, URL_USAGE, urlsFrom } from './arguments';
import { Refused } from './artefact';
import { intoNewInstallation, keyCheckOf } from './embedded';
import { readErasures } from './erasures';
import { readBackup, restore, type Restored } from './restore';

const USAGE = `Restores a backup into an empty installation, and verifies it.

  npm run restore -- --from <folder> --keys-from <folder> --erasures <file> [--secrets <file>] [--replace]

  --erasures <file>      the ledger of erasures, up to date: whoever was erased after the backup stays erased
  --without-erasures     there is none; whoever was erased after the backup comes back
  --secrets <file>       secrets.json of the installation that was backed up; otherwise the one in the data folder
  --replace              an installation may be there already; it is kept beside
  --republish-since <t>  publish again what was recorded since then: the bus was not in the backup, and lost it

${URL_USAGE}`;

export async function main(
  args: readonly string[],
  say: (line: string) => void = (line) => console.log(line),
): Promise<number> {
  const given = argumentsOf(args);
  const { from, 'keys-from': keysFrom, erasures: ledger } = given;
  if (from === undefined || keysFrom === undefined || (ledger === undefined) !== given['without-erasures']) {
    say(USAGE);
    return 2;
  }
  const erasures = ledger === undefined ? undefined : readErasures(fromHere(ledger));
  const backup = { from: fromHere(from), keysFrom: fromHere(keysFrom), say };
  const urls = urlsFrom(given);
  const again = sinceFrom(given['republish-since']);
  if (urls) {
    say(report(await restore({ ...backup, ...again, urls, erasures }), erasures !== undefined));
    say('Next: start the services; each brings its tables up to date and reads on where it was.');
    return 0;
  }
  const { data } = settingsFrom(process.env, []);
  // Before anything is made: the usual mistakes are in the names of the folders.
  await readBackup(backup);
  let restored: Restored | undefined;
  const secrets = given.secrets === undefined ? {} : { secrets: fromHere(given.secrets) };
  const kept = await intoNewInstallation(
    { data, ...secrets, replace: given.replace, say },
    erasures,
    async (installed, all, known) => {
      restored = await restore({ ...backup, ...again, urls: installed, erasures: all, keyCheck: keyCheckOf(known) });
    },
  );
  if (!restored) throw new Refused('Nothing was restored.');
  say(report(restored, erasures !== undefined));
  if (kept) say(`What was there before is in ${kept}. Remove it when you have seen that all is well.`);
  say('Next: npm start, and when it is ready, npm run verify.');
  return 0;
}

function sinceFrom(text: string | undefined): { republishSince?: Date } {
  if (text === undefined) return {};
  const republishSince = new Date(text);
  if (Number.isNaN(republishSince.getTime())) throw new Refused(`--republish-since is an instant, not "${text}".`);
  return { republishSince };
}

const report = ({ asOf, events, erasedSince, version }: Restored, withLedger: boolean): string => `
Restored as of ${asOf} (from version ${version}) and verified: ${events} events.
${
  withLedger
    ? `Erased after the backup, and still erased: ${erasedSince}. The services hear of it when they start.`
    : 'Without a ledger: whoever was erased after the backup is back.'
}`;

if (process.argv[1] === __filename) runCommand(main);
