import { startTelemetry } from '@tsunagu/platform';
import { type RunningTown, startTown } from './local';
import { services } from './services';
import { type Settings, settingsFrom, StartRefused } from './settings';
import { town } from './town';

const REPEAT_MS = 1_000;

/** `npm start`: everything in one process, and the fictional town in it. */
async function main(): Promise<void> {
  const began = Date.now();
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const settings = settingsFrom(process.env, process.argv.slice(2));
  let stop: (() => void) | undefined;
  let stopWanted = false;
  onStopSignal(() => {
    stopWanted = true;
    stop?.();
  });
  const stopTelemetry = await startTelemetry(settings.apart ? 'console' : 'tsunagu');
  const running = await startTown(settings, services, (line) => say(`  ${line} …`));
  stop = () => void stopAndExit(running, stopTelemetry, say);
  if (stopWanted) return stop();
  void running.failed.then(() => {
    process.stderr.write(
      'The database has stopped by itself; its last words are in postgres.log in the data folder. Stopping.\n',
    );
    void running.close().then(() => process.exit(1));
  });
  say(welcome(settings, running, town.workers));
  say(`started in ${((Date.now() - began) / 1000).toFixed(1)} s; Ctrl-C stops it`);
  say(`ready ${settings.origin}`);
}

async function stopAndExit(
  running: RunningTown,
  stopTelemetry: () => Promise<void>,
  say: (line: string) => void,
): Promise<void> {
  say('stopping …');
  await running.close();
  await stopTelemetry();
  say('stopped');
  process.exit(0);
}

/** The first stops cleanly. The terminal and npm may both deliver the same one; a later one does not wait any more. */
function onStopSignal(stop: () => void): void {
  let first: number | undefined;
  const signal = (): void => {
    if (first === undefined) {
      first = Date.now();
      stop();
    } else if (Date.now() - first > REPEAT_MS) process.exit(1);
  };
  process.on('SIGINT', signal);
  process.on('SIGTERM', signal);
  process.on('SIGHUP', signal);
}

function welcome(
  { origin, data }: Settings,
  { secrets }: RunningTown,
  workers: readonly { user: string; name: string; agency?: string; roles: readonly string[] }[],
): string {
  const people = workers.map(
    ({ user, agency, roles }) => `    ${user.padEnd(8)} ${(agency ?? '-').padEnd(24)} ${roles.join(', ')}`,
  );
  return `
  つなぐ Tsunagu runs with the fictional town つむぎ市 (Tsumugi).

  Start page     ${origin}/
  API explorer   ${origin}/explorer
  Health         ${origin}/health
  Data           ${data}

  Who can sign in, with the password  ${secrets.samplePassword}
${people.join('\n')}

  A token for curl:  npm run --silent token -- aoi
`;
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const stack =
    error instanceof Error && !(error instanceof StartRefused)
      ? `\n${error.stack?.split('\n').slice(1).join('\n') ?? ''}`
      : '';
  process.stderr.write(`\n${message}${stack}\n`);
  process.exit(1);
});
