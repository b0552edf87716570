import { Client } from 'pg';
import { settingsFrom } from '../settings';
import { argumentsOf, fromHere, runCommand, urlsFrom } from './arguments';
import { withInstallation } from './embedded';
import { addErasures, followErasures } from './erasures';

const USAGE = `Adds to a ledger whoever was erased and is not yet in it. Keep it where no backup is.

  npm run erasures -- --to <file> [--follow] [--keys <url>]

  --follow       goes on until it is stopped, a second behind at most
  --keys <url>   the key database, as a role that may read sealing.erased_persons; otherwise that of npm start`;

export async function main(
  args: readonly string[],
  say: (line: string) => void = (line) => console.log(line),
): Promise<number> {
  const given = argumentsOf(args);
  if (given.to === undefined) {
    say(USAGE);
    return 2;
  }
  const file = fromHere(given.to);
  const work = (url: string): Promise<void> => (given.follow ? follow(url, file, say) : once(url, file, say));
  const url = given.keys === undefined ? undefined : urlsFrom({ ...given, reads: given.keys })?.keys;
  if (url !== undefined) await work(url);
  else await withInstallation(settingsFrom(process.env, []).data, say, ({ keys }) => work(keys));
  return 0;
}

async function once(url: string, file: string, say: (line: string) => void): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    say(`${await addErasures(client, file)} added to ${file}.`);
  } finally {
    await client.end();
  }
}

async function follow(url: string, file: string, say: (line: string) => void): Promise<void> {
  const following = followErasures(url, file, say);
  say(`Following the erasures into ${file}; Ctrl-C stops it.`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await following.stop();
}

if (process.argv[1] === __filename) runCommand(main);
