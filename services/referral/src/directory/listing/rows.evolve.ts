import type { OrganisationProfile, ServiceProfile } from '@tsunagu/contracts';
import { categoryOf, idOf, type RecordedEvent } from '@tsunagu/event-sourcing';
import type { ReadModel } from '@tsunagu/read-models';
import type { OrganisationEvent, ServiceEvent } from '../domain/events';
import { organisation } from '../domain/organisation';
import { searchKey, searchText } from '../domain/search-key';
import { service } from '../domain/service';
import { OrganisationRow, ServiceRow } from './rows.entity';

const keysIn =
  (category: string) =>
  ({ stream }: RecordedEvent): readonly string[] =>
    categoryOf(stream) === category ? [idOf(stream)] : [];

export const organisationRows: ReadModel<OrganisationRow, RecordedEvent> = {
  name: 'directory_organisations',
  entity: OrganisationRow,
  keysOf: keysIn(organisation.category),
  evolve: (row, recorded, id) => {
    const at = { id, revision: recorded.revision, changedAt: recorded.recordedAt };
    const event = { type: recorded.type, data: recorded.data } as OrganisationEvent;
    switch (event.type) {
      case 'OrganisationListed': {
        const { profile, managedBy, source } = event.data;
        return { ...at, managedBy, source, ...organisationColumns(profile) };
      }
      case 'OrganisationRevised':
        return row && { ...row, ...at, ...organisationColumns({ ...row.profile, ...event.data.changes }) };
      default:
        return row;
    }
  },
};

const organisationColumns = (profile: OrganisationProfile) => ({
  profile,
  name: profile.name,
  sector: profile.sector,
  search: searchText([profile.name, profile.kana, profile.description, profile.address?.text]),
});

export const serviceRows: ReadModel<ServiceRow, RecordedEvent> = {
  name: 'directory_services',
  entity: ServiceRow,
  keysOf: keysIn(service.category),
  evolve: (row, recorded, id) => {
    const at = { id, revision: recorded.revision, changedAt: recorded.recordedAt };
    const event = { type: recorded.type, data: recorded.data } as ServiceEvent;
    if (event.type === 'ServiceListed') {
      const { profile, status, modes, capacity, managedBy, source } = event.data;
      return { ...at, status, statusReason: null, modes, capacity, managedBy, source, ...serviceColumns(profile) };
    }
    if (!row) return row;
    switch (event.type) {
      case 'ServiceRevised':
        return { ...row, ...at, ...serviceColumns({ ...row.profile, ...event.data.changes }) };
      case 'ServiceStatusChanged':
        return { ...row, ...at, status: event.data.status, modes: event.data.modes, statusReason: event.data.reason };
      case 'ServiceCapacityChanged':
        return { ...row, ...at, capacity: event.data };
      default:
        return row;
    }
  },
};

const serviceColumns = (profile: ServiceProfile) => ({
  profile,
  name: profile.name,
  organisationId: profile.organisationId,
  kind: profile.kind,
  needs: profile.needs,
  languages: profile.languages,
  areas: profile.areas,
  areaKeys: profile.areas.map(searchKey),
  search: searchText([
    profile.name,
    profile.kana,
    profile.description,
    profile.address?.text,
    profile.eligibility,
    ...profile.areas,
    ...Object.values(profile.attributes),
  ]),
});
