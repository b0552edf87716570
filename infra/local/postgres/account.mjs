import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * PostgreSQL refuses to run as root. Then it runs as the owner of its folder, or as the user `postgres`, which is made
 * when the machine has none. @returns nothing set for an ordinary user: the server runs as oneself
 */
export async function serverAccount(folder) {
  if (process.getuid?.() !== 0) return {};
  const owner = await stat(folder).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await postgresUser()) ?? (await makePostgresUser());
}

async function postgresUser() {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith('postgres:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

async function makePostgresUser() {
  const ways = [
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'],
    ['adduser', '-S', '-D', '-H', '-s', '/sbin/nologin', 'postgres'],
  ];
  for (const [command, ...parameters] of ways) {
    try {
      await execute(command, parameters);
      const made = await postgresUser();
      if (made) return made;
    } catch {
      continue;
    }
  }
  throw new Error(
    'PostgreSQL does not run as root, and no user for it could be made here. Run as an ordinary user, or make a user named postgres.',
  );
}
