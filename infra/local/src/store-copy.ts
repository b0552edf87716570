import { parseArgs } from 'node:util';
import { type Copied, copyLog, openLog, openTarget, type OnProgress } from '@tsunagu/event-store';
import { openCheckpoints } from './checkpoints';

const USAGE = `Copies one service's log from one store to another, and verifies the copy. Stop the service first.

  npm run store:copy -- --from <log> --to <log> [--reads <schema>]

A log:  postgres://owner:password@host:5432/events#referral      (a schema of the events database, as its owner)
        esdb://user:password@host:2113?tlsCAFile=ca.crt#referral (a prefix of streams in KurrentDB)
        env:NAME                                                 (what that environment variable holds)
The schema: postgres://referral:password@host:5432/reads#referral holds the service's read models. Their checkpoints, and the
bus relay's, are set to the same events in the copy, so that the service goes on there.

Interrupted, or run again later, it goes on where the target ends. docs/kurrentdb.md says what to do before and after.`;

const EVERY_MS = 1000;

/** Exit code 0: both logs are the same. */
export async function main(args: readonly string[], say: (line: string) => void = console.log): Promise<number> {
  const text = { type: 'string' } as const;
  const { from, to, reads } = parseArgs({ args: [...args], options: { from: text, to: text, reads: text } }).values;
  if (from === undefined || to === undefined) {
    say(USAGE);
    return 2;
  }
  const source = openLog(valueOf(from));
  const target = openTarget(valueOf(to));
  const checkpoints = reads === undefined ? undefined : openCheckpoints(valueOf(reads));
  try {
    const follow = new Set(await checkpoints?.positions());
    const copied = await copyLog(source, target, { onProgress: progress(say), follow });
    say(report(copied));
    if (checkpoints) say(`${await checkpoints.move(copied.positions)} checkpoints now stand at the copy's positions.`);
    return 0;
  } catch (error) {
    say(error instanceof Error ? `Not copied: ${error.message}` : 'Not copied.');
    return 1;
  } finally {
    await Promise.all([source.close(), target.store.close(), checkpoints?.close()]);
  }
}

const report = ({ events, streams, alreadyThere, sha256 }: Copied): string =>
  [
    `Both logs hold the same ${events} events in ${streams} streams, in the same order.`,
    `${events - alreadyThere} were copied now, ${alreadyThere} were there already.`,
    `sha256 ${sha256}`,
  ].join('\n');

/** Passwords in arguments show in the list of processes. */
function valueOf(argument: string): string {
  if (!argument.startsWith('env:')) return argument;
  const value = process.env[argument.slice(4)];
  if (value === undefined) throw new Error(`The environment variable ${argument.slice(4)} is not set.`);
  return value;
}

/** One line a second, and one at each step. */
function progress(say: (line: string) => void): OnProgress {
  let current: string | undefined;
  let next = 0;
  return (step, events) => {
    if (step === current && Date.now() < next) return;
    current = step;
    next = Date.now() + EVERY_MS;
    say(`${step}: ${events} events`);
  };
}

if (process.argv[1] === __filename) {
  main(process.argv.slice(2)).then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    },
  );
}
