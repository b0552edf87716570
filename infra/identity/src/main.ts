import { readFileSync } from 'node:fs';
import { startIdentity } from './identity';
import type { IdentityOptions } from './provider';

/** Runs alone: TSUNAGU_CONFIG names a JSON file that holds the IdentityOptions. */
async function main(): Promise<void> {
  const file = process.env['TSUNAGU_CONFIG'] ?? `${process.env['TSUNAGU_DATA'] ?? '.tsunagu'}/services/identity.json`;
  const options = JSON.parse(readFileSync(file, 'utf8')) as IdentityOptions;
  const identity = await startIdentity(options);
  const stop = (): void => void identity.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.stdout.write(`identity ready ${identity.url}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
