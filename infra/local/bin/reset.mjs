/** `npm run reset`: removes everything that was recorded, keys and secrets included. The next start begins anew. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endOrphan } from '../postgres/cluster.mjs';
import { dataFolder, holder } from './data.mjs';
import { refuse } from './prepare.mjs';

/** What a data folder of ours holds, and nothing else: a wrong TSUNAGU_DATA must not cost anybody their files. */
const OURS =
  /^(postgres(\.unfinished|\.log)?|services|kafka|restoring|before-[\dTZ-]+|erasures\.jsonl|(ports|secrets|town|running|sign-ins)\.json(\.\d+|\.new(\.\d+)?)?)$/;

const running = holder();
if (running) refuse(`Tsunagu runs on ${dataFolder} (process ${running.pid}). Stop it first, then: npm run reset`);
if (!existsSync(dataFolder)) {
  process.stdout.write(`${dataFolder} does not exist: there is nothing to empty.\n`);
} else {
  const entries = readdirSync(dataFolder);
  const foreign = entries.filter((entry) => !OURS.test(entry));
  if (foreign.length > 0)
    refuse(`${dataFolder} holds what is not ours (${foreign.slice(0, 3).join(', ')}): nothing was removed.`);
  await endOrphan(join(dataFolder, 'postgres'), () => {});
  for (const entry of entries) rmSync(join(dataFolder, entry), { recursive: true, force: true });
  process.stdout.write(`${dataFolder} is empty. The next npm start makes new keys and loads the sample town again.\n`);
}
