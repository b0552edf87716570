import { asRole, readConfigFile } from '@tsunagu/platform';
import { z } from 'zod';
import { provision, rolesOf } from './databases';
import { provisionConfig } from './provision-config';
import { services } from './services';

const USAGE = `TSUNAGU_CONFIG=provision.json node infra/deploy/dist/provision.js
Makes databases, roles and their rights on one PostgreSQL server (docs/distributed.md).`;

async function main(): Promise<void> {
  const file = process.env['TSUNAGU_CONFIG'];
  if (file === undefined) throw new Error(USAGE);
  const parsed = provisionConfig.safeParse(readConfigFile(file, process.env));
  if (!parsed.success) throw new Error(`${file} is not as it should be:\n${z.prettifyError(parsed.error)}`);
  const { url, user, password, databases, passwords } = parsed.data;
  const roles = rolesOf(services, databases);
  const missing = roles.filter((role) => !passwords[role]);
  if (missing.length > 0) throw new Error(`${file} gives no password for: ${missing.join(', ')}`);
  const passwordOf = (role: string): string => passwords[role] ?? '';
  await provision({ adminUrl: asRole(url, user, password), passwordOf }, services, databases);
  process.stdout.write(`provisioned ${databases.join(', ')} for ${roles.join(', ')}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
