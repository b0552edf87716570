import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readSources } from './read-files';
import { reportOf, summaryOf } from './report';
import { CannotSend, distinct, send, type Target } from './send';

const USAGE = `Reads municipal open data (CSV) and HSDS (JSON, CSV) into the directory.

  npm run directory:import -- [options] <file or folder>…

  --url <url>        where Tsunagu runs (default http://localhost:$PORT, 8080)
  --report <file>    writes the report as JSON: counts, every file, every rejected row with file, line and reason
  --token <token>    bearer token of an agency administrator (default TSUNAGU_TOKEN, else that of a sample worker)
  --as <worker>      the sample worker to act as (default minato; embedded default only)

Running it again changes nothing; a changed row becomes an update.
Exit code: 0 every row was imported, found unchanged, or is listed as rejected; 1 a file or folder could not be
read or the server refused; 2 the command line was not understood.`;

const EXIT = { done: 0, failed: 1, usage: 2 } as const;
/** services/referral/dist/directory/import, and the same in src. */
const ROOT = resolve(__dirname, '../../../../..');

interface Options {
  readonly url: string;
  readonly report: string | undefined;
  readonly token: string | undefined;
  readonly worker: string;
  readonly paths: readonly string[];
}

/** Where relative paths begin: npm moves to the repository's root, the person did not. */
const fromHere = (path: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), path);

function readOptions(args: readonly string[]): Options | undefined {
  const options = {
    url: { type: 'string' },
    report: { type: 'string' },
    token: { type: 'string' },
    as: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const url = values.url ?? `http://localhost:${process.env['PORT'] ?? '8080'}`;
    if (values.help || positionals.length === 0 || !URL.canParse(url)) return undefined;
    return {
      url: url.replace(/\/+$/, ''),
      report: values.report === undefined ? undefined : fromHere(values.report),
      token: values.token ?? process.env['TSUNAGU_TOKEN'],
      worker: values.as ?? 'minato',
      paths: positionals.map(fromHere),
    };
  } catch {
    return undefined;
  }
}

/** @returns the exit code */
export async function run(args: readonly string[], say: (line: string) => void): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    say(USAGE);
    return args.includes('--help') ? EXIT.done : EXIT.usage;
  }
  const sources = readSources(options.paths);
  sources.failures.forEach(({ file, message }) => say(`error: ${file}: ${message}`));
  const { entries, refused } = distinct(sources.entries);
  const rows = sources.files.reduce((sum, file) => sum + file.rows, 0);
  say(`read ${rows} rows of ${sources.files.length} files: ${entries.length} entries for the directory`);
  try {
    const results = await send(targetOf(options), entries, (sent, of) => say(`sent ${sent} of ${of}`));
    const report = reportOf(sources, entries, [...sources.refused, ...refused], results);
    if (options.report !== undefined) writeFileSync(options.report, `${JSON.stringify(report, null, 2)}\n`);
    say(summaryOf(report));
    return report.errors.length > 0 ? EXIT.failed : EXIT.done;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    say(`error: ${error.message}`);
    if (!(error instanceof CannotSend)) say('Nothing was lost: run it again when this is mended.');
    return EXIT.failed;
  }
}

function targetOf({ url, token, worker }: Options): Target {
  let sampled: string | undefined;
  return {
    endpoint: `${url}/api/referral/imports`,
    token: async (renew) => {
      if (token !== undefined) return token;
      if (sampled === undefined || renew) sampled = sampleToken(worker);
      return sampled;
    },
  };
}

/** As `npm run token` does it. @throws Error that says how to give a token instead */
function sampleToken(worker: string): string {
  try {
    const script = join(ROOT, 'infra/local/bin/token.mjs');
    return execFileSync(process.execPath, [script, worker], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(
      `No token for the sample worker "${worker}": ${said || 'npm run token failed'}. Or give one with --token or TSUNAGU_TOKEN.`,
    );
  }
}

if (require.main === module || process.argv[1] === __filename) {
  void run(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`)).then((code) => {
    process.exitCode = code;
  });
}
