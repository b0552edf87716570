import { emptyOrganisation, type ImportedOrganisation, type OrganisationProfile } from '@tsunagu/contracts';
import { type Decider, never, Rejection } from '@tsunagu/event-sourcing';
import { changesTo, defined, isEmpty } from './changes';
import { requireCustody } from './custody';
import type { Custody, OrganisationEvent } from './events';

type Named = Partial<OrganisationProfile> & Pick<OrganisationProfile, 'name' | 'sector'>;

/** `agency` is the asker's own. */
export type OrganisationCommand =
  | { readonly type: 'ListOrganisation'; readonly profile: Named; readonly managedBy: string; readonly agency: string }
  | {
      readonly type: 'ReviseOrganisation';
      readonly changes: Partial<OrganisationProfile>;
      readonly agency: string;
    }
  | { readonly type: 'ImportOrganisation'; readonly record: ImportedOrganisation; readonly agency: string };

export type OrganisationState =
  { readonly status: 'unlisted' } | (Custody & { readonly status: 'listed'; readonly profile: OrganisationProfile });

export const organisation: Decider<OrganisationCommand, OrganisationEvent, OrganisationState> = {
  category: 'organisation',
  initial: { status: 'unlisted' },
  evolve,
  decide: (command, state) => {
    switch (command.type) {
      case 'ListOrganisation':
        return list(command, state);
      case 'ReviseOrganisation':
        return revise(command.changes, command.agency, state);
      case 'ImportOrganisation':
        return importRecord(command, state);
      default:
        return never(command);
    }
  },
};

function evolve(state: OrganisationState, event: OrganisationEvent): OrganisationState {
  switch (event.type) {
    case 'OrganisationListed':
      return { ...event.data, status: 'listed' };
    case 'OrganisationRevised':
      return state.status === 'listed' ? { ...state, profile: { ...state.profile, ...event.data.changes } } : state;
    default:
      return never(event);
  }
}

function list(
  { profile, managedBy, agency }: Extract<OrganisationCommand, { type: 'ListOrganisation' }>,
  state: OrganisationState,
): readonly OrganisationEvent[] {
  if (state.status === 'listed')
    throw new Rejection('already-listed', 'This organisation is already in the directory.');
  return [listed(profile, { managedBy, listedBy: agency }, null)];
}

function revise(
  told: Partial<OrganisationProfile>,
  agency: string,
  state: OrganisationState,
): readonly OrganisationEvent[] {
  if (state.status !== 'listed') throw new Rejection('not-listed', 'This organisation is not in the directory.');
  const changes = changesTo(state.profile, told);
  if (isEmpty(changes)) return [];
  requireCustody(state, agency);
  return [{ type: 'OrganisationRevised', data: { changes } }];
}

function importRecord(
  { record, agency }: Extract<OrganisationCommand, { type: 'ImportOrganisation' }>,
  state: OrganisationState,
): readonly OrganisationEvent[] {
  if (state.status === 'listed') return revise(record.profile, agency, state);
  return [listed(record.profile, { managedBy: record.managedBy ?? agency, listedBy: agency }, record.source)];
}

const listed = (profile: Named, custody: Custody, source: string | null): OrganisationEvent => ({
  type: 'OrganisationListed',
  data: { ...custody, profile: { ...emptyOrganisation, ...defined(profile) }, source },
});
