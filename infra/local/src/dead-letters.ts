import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { DeadLetterView } from '@tsunagu/contracts';
import { holderOf } from './lock';
import { type Asked, found, listed, redriven } from './operations/dead-letters';
import { table } from './operations/table';
import { readPrivately } from './private-file';
import { services } from './services';
import { settingsFrom } from './settings';
import { type CommandLine, workerToken } from './worker-token';

const USAGE = `npm run dead-letters -- list | show <id> | redrive <id> | redrive --all
Events that consumers gave up on, over all services, by their own routes (/api/<service>/dead-letters).
  --wait 60   seconds to wait for what becomes of what was put back
The console is at TSUNAGU_ORIGIN, or where the town of TSUNAGU_DATA runs. TSUNAGU_TOKEN is a token of an operator; without it, in the sample
town, tsukasa asks.
`;

type Say = (line: string) => void;

/** Exit code 1: something is not handled, or some service did not answer. 2: not understood. */
export async function main(args: readonly string[], say: Say): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { all: { type: 'boolean', default: false }, wait: { type: 'string', default: '60' } },
  });
  const [verb, id, ...more] = positionals;
  const waitMs = Number(values.wait) * 1_000;
  const wanted = [verb, id !== undefined, values.all].join();
  if (more.length > 0 || !(waitMs >= 0)) return usage(say);
  switch (wanted) {
    case 'list,false,false':
      return list(await operator(), say);
    case 'show,true,false':
      return show(await operator(), id ?? '', say);
    case 'redrive,true,false':
      return redriveOne(await operator(), id ?? '', waitMs, say);
    case 'redrive,false,true':
      return redriveAll(await operator(), waitMs, say);
    default:
      return usage(say);
  }
}

function usage(say: Say): number {
  say(USAGE);
  return 2;
}

async function operator(): Promise<Asked> {
  const { origin: usual, data } = settingsFrom(process.env, []);
  const origin = process.env['TSUNAGU_ORIGIN'] ? usual : (holderOf(data)?.origin ?? usual);
  const names = services.map(({ name }) => name);
  const given = process.env['TSUNAGU_TOKEN'];
  if (given) return { origin, token: given, services: names };
  const commandLine = readPrivately(join(data, 'services', 'command-line.json'));
  if (!commandLine) throw new Error(`There is no sample town in ${data}. Name an operator's token in TSUNAGU_TOKEN.`);
  return { origin, token: await workerToken(commandLine as CommandLine, 'tsukasa'), services: names };
}

async function list(asked: Asked, say: Say): Promise<number> {
  const { letters, more, silent } = await listed(asked);
  if (letters.length > 0) say(table(HEADS, letters.map(rowOf)));
  else if (silent.length === 0) say('No dead letters: every event was handled or waits for its turn.');
  if (more) say('There are more; these wait longest.');
  return told(silent, say);
}

function told(silent: readonly string[], say: Say): number {
  if (silent.length === 0) return 0;
  say(
    `Did not answer: ${silent.join(', ')}. A 404 means that the token is not an operator's; 0, that nothing listens.`,
  );
  return 1;
}

const HEADS = ['ID', 'GROUP', 'EVENT', 'REASON', 'TRIES', 'SINCE'];

const rowOf = ({ id, group, event, reason, attempts, failedAt }: DeadLetterView): readonly string[] => [
  id,
  group,
  event.type.replace(/^tsunagu\./, ''),
  reason,
  String(attempts),
  failedAt.slice(0, 19),
];

async function show(asked: Asked, id: string, say: Say): Promise<number> {
  const letter = await found(asked, id);
  if (!letter) return gone(say);
  say(JSON.stringify(letter, null, 2));
  return 0;
}

function gone(say: Say): number {
  say('There is no such dead letter: it was handled since, or never was.');
  return 1;
}

async function redriveOne(asked: Asked, id: string, waitMs: number, say: Say): Promise<number> {
  const letter = await found(asked, id);
  return letter ? put(asked, letter, waitMs, say) : gone(say);
}

/** One after the other: what is about one person comes in the order in which it was given up. */
async function redriveAll(asked: Asked, waitMs: number, say: Say): Promise<number> {
  const { letters, more, silent } = await listed(asked);
  if (letters.length === 0 && silent.length === 0) say('No dead letters: there is nothing to put back.');
  let failed = 0;
  for (const letter of letters) failed += await put(asked, letter, waitMs, say);
  if (more) say('There are more: run it again.');
  return Math.max(told(silent, say), failed > 0 ? 1 : 0);
}

async function put(asked: Asked, letter: DeadLetterView, waitMs: number, say: Say): Promise<number> {
  const { outcome, letter: now } = await redriven(asked, letter, waitMs);
  const again = outcome === 'came back' && now ? `: ${now.reason}, ${now.attempts} tries so far` : '';
  say(`${letter.id}  ${outcome}${again}`);
  return outcome === 'came back' || outcome === 'not handled yet' ? 1 : 0;
}

if (require.main === module) {
  main(process.argv.slice(2), console.log).then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    },
  );
}
