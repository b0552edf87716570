import { Rejection } from '@tsunagu/event-sourcing';
import type { Custody } from './events';

/** An entry is changed by the agency that runs it, or by the one that listed it (which corrects what it imported). */
export function requireCustody(custody: Custody, agency: string): void {
  if (agency === custody.managedBy || agency === custody.listedBy) return;
  throw new Rejection(
    'not-managing-agency',
    'Only the agency that runs or listed this entry may change it. Ask them to.',
  );
}
