import { Client } from 'pg';
import { settingsFrom } from '../settings';
import { argumentsOf, fromHere, runCommand, urlsFrom } from './arguments';
import { withInstallation } from './embedded';
import { addErasures, applyErasures, followErasures, readErasures } from './erasures';

const USAGE = `The ledger of erasures. Keep it where no backup is.

  npm run erasures -- --to <file> [--follow] [--keys <url>]    adds whoever was erased and is not yet in it
  npm run erasures -- --from <file> [--keys <url>]             destroys the keys of everybody in it, before anything serves

  --follow       goes on until it is stopped, a second behind at most
  --keys <url>   the key database, as a role that may read, or change, the schema sealing; otherwise that of npm start`;

export async function main(
  args: readonly string[],
  say: (line: string) => void = (line) => console.log(line),
): Promise<number> {
  const given = argumentsOf(args);
  if ((given.to === undefined) === (given.from === undefined)) {
    say(USAGE);
    return 2;
  }
  const file = fromHere(given.to ?? given.from ?? '');
  const work = async (url: string): Promise<void> => {
    if (given.from !== undefined) await connected(url, (keys) => destroy(keys, file, say));
    else if (given.follow) await follow(url, file, say);
    else await connected(url, async (keys) => say(`${await addErasures(keys, file)} added to ${file}.`));
  };
  const url = given.keys === undefined ? undefined : urlsFrom({ ...given, reads: given.keys })?.keys;
  if (url !== undefined) await work(url);
  else await withInstallation(settingsFrom(process.env, []).data, say, ({ keys }) => work(keys));
  return 0;
}

async function destroy(keys: Client, file: string, say: (line: string) => void): Promise<void> {
  const { persons, keys: destroyed } = await applyErasures(keys, readErasures(file));
  say(
    `${destroyed} keys of ${persons} persons were there again, and are destroyed. Intake tells the others when it starts.`,
  );
}

async function connected(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
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
