import { createHmac } from 'node:crypto';
import * as deploy from '@tsunagu/deploy';

export { type Database, opensKeys, ownerRole, runtimeRole } from '@tsunagu/deploy';

/** The PostgreSQL that `npm start` runs. */
export interface Server {
  readonly port: number;
  readonly superuserPassword: string;
  /** From which the password of each role is derived. */
  readonly rolePasswords: string;
}

const known = ({ port, superuserPassword, rolePasswords }: Server): deploy.Server => ({
  adminUrl: `postgresql://postgres:${superuserPassword}@127.0.0.1:${port}/postgres`,
  passwordOf: (role) => createHmac('sha256', rolePasswords).update(role).digest('base64url'),
});

export const urlOf = (server: Server, role: string, database: deploy.Database): string =>
  deploy.urlOf(known(server), role, database);

export const provision = (server: Server, services: readonly deploy.Provisioned[]): Promise<void> =>
  deploy.provision(known(server), services);
