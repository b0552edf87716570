import { readConsoleConfig } from './config';
import { startConsole } from './console';

async function main(): Promise<void> {
  const running = await startConsole(readConsoleConfig(process.env));
  const stop = (): void => void running.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.stdout.write(`console ready ${running.url}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
