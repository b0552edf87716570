import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import * as deploy from '@tsunagu/deploy';

export { type Database, opensKeys, ownerRole, runtimeRole } from '@tsunagu/deploy';

/** The PostgreSQL that `npm start` runs. */
export interface Server {
  readonly port: number;
  /** Absolute; its socket is in there. */
  readonly folder: string;
  readonly superuserPassword: string;
  /** From which the password of each role is derived. */
  readonly rolePasswords: string;
}

/** Bytes of the longest path that a socket may have on macOS; Linux allows four more. */
const LONGEST_SOCKET = 103;

/** A statement over the socket costs both ends a quarter less than over TCP (docs/performance.md). */
function socketOf({ folder, port }: Server): string {
  const path = join(folder, `.s.PGSQL.${port}`);
  const isThere = process.platform !== 'win32' && Buffer.byteLength(path) <= LONGEST_SOCKET;
  return isThere ? `?host=${encodeURIComponent(folder)}` : '';
}

const known = (server: Server): deploy.Server => ({
  adminUrl: `postgresql://postgres:${server.superuserPassword}@127.0.0.1:${server.port}/postgres${socketOf(server)}`,
  passwordOf: (role) => createHmac('sha256', server.rolePasswords).update(role).digest('base64url'),
});

export const urlOf = (server: Server, role: string, database: deploy.Database): string =>
  deploy.urlOf(known(server), role, database);

export const provision = (server: Server, services: readonly deploy.Provisioned[]): Promise<void> =>
  deploy.provision(known(server), services);
