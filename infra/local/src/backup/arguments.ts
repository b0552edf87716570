import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { StartRefused } from '../settings';
import { Refused } from './artefact';
import type { Urls } from './backup';

export const URL_USAGE = `Databases of your own (otherwise those of npm start, in TSUNAGU_DATA):

  --events <url> --reads <url> --bus <url> --keys <url>   postgres://user:password@host:5432/database, or env:NAME
      As a superuser, or a role that may read, and restore, everything. No --bus where Kafka is the bus, no --events
      where every log is in KurrentDB: those have backups of their own (docs/backup.md).`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

export const options = {
  ...{
    to: text,
    'keys-to': text,
    from: text,
    'keys-from': text,
    erasures: text,
    secrets: text,
    'republish-since': text,
  },
  ...{ events: text, reads: text, bus: text, keys: text },
  ...{ 'without-erasures': flag, replace: flag, follow: flag },
} as const;

export const argumentsOf = (args: readonly string[]) => parseArgs({ args: [...args], options }).values;
type Arguments = ReturnType<typeof argumentsOf>;

/** Undefined: the databases of `npm start`. @throws Refused when only some are named */
export function urlsFrom({ events, reads, bus, keys }: Arguments): Urls | undefined {
  const named = { ...given('events', events), ...given('reads', reads), ...given('bus', bus), ...given('keys', keys) };
  if (Object.keys(named).length === 0) return undefined;
  if (named.reads === undefined || named.keys === undefined) throw new Refused('Name at least --reads and --keys.');
  return { ...named, reads: named.reads, keys: named.keys };
}

const given = <Name extends string>(name: Name, value: string | undefined): Partial<Record<Name, string>> =>
  value === undefined ? {} : ({ [name]: valueOf(value) } as Record<Name, string>);

/** Passwords in arguments show in the list of processes. */
function valueOf(argument: string): string {
  if (!argument.startsWith('env:')) return argument;
  const value = process.env[argument.slice(4)];
  if (value === undefined) throw new Refused(`The environment variable ${argument.slice(4)} is not set.`);
  return value;
}

/** npm runs scripts in the repository; paths are meant from where the command was given. */
export const fromHere = (path: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), path);

/** Runs a command's `main` and ends with its exit code; what was refused is a sentence, without a stack. */
export function runCommand(main: (args: readonly string[]) => Promise<number>): void {
  main(process.argv.slice(2)).then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      const expected = error instanceof Refused || error instanceof StartRefused || isUsage(error);
      process.stderr.write(`\n${error instanceof Error ? (expected ? error.message : error.stack) : String(error)}\n`);
      process.exitCode = 1;
    },
  );
}

const isUsage = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
