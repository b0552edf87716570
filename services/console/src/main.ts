import { startTelemetry } from '@tsunagu/platform';
import { readConsoleConfig } from './config';
import { startConsole } from './console';

async function main(): Promise<void> {
  const config = readConsoleConfig(process.env);
  const stopTelemetry = await startTelemetry('console');
  const running = await startConsole(config);
  const stop = (): void =>
    void running
      .close()
      .finally(stopTelemetry)
      .then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.stdout.write(`console ready ${running.url}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
