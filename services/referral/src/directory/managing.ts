import { agencyOf, type Asker, Refused } from '@tsunagu/platform';

/** An administrator may list what a neighbour runs; everybody else lists for their own agency. */
export function managerFor(asker: Asker, managedBy: string | undefined): string {
  const own = agencyOf(asker);
  if (managedBy === undefined || managedBy === own || asker.roles.includes('agency-admin')) return managedBy ?? own;
  throw new Refused(
    'not-your-agency',
    'Only an administrator may list something for another agency. Leave managedBy out.',
  );
}
