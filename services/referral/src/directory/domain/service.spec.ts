import { emptyService, type ImportedService, type ServiceProfile } from '@tsunagu/contracts';
import { specFor } from '@tsunagu/testing';
import type { ServiceEvent } from './events';
import { service, type ServiceCommand } from './service';

const given = specFor(service);
const organisationId = '3d4b6a0e-8f0e-4c0f-8f35-7b2f5b1f6a10';
const profile: ServiceProfile = {
  ...emptyService,
  organisationId,
  kind: 'venue',
  name: 'みどり広場',
  needs: ['place-to-belong'],
};
const custody = { managedBy: 'midori-jichikai', listedBy: 'tsumugi-city-desk' };
const listed: ServiceEvent = {
  type: 'ServiceListed',
  data: {
    ...custody,
    profile,
    status: 'open',
    modes: ['venue'],
    capacity: null,
    source: null,
    stated: { status: 'open' },
  },
};
const suspended: ServiceEvent = {
  type: 'ServiceStatusChanged',
  data: { status: 'suspended', modes: ['phone', 'letter'], reason: '感染症の流行のため' },
};
const suspend: ServiceCommand = { type: 'ChangeServiceStatus', ...suspended.data, agency: 'midori-jichikai' };
const imported = (told: Partial<ImportedService>, agency = 'tsumugi-city-desk'): ServiceCommand => ({
  type: 'ImportService',
  agency,
  record: {
    type: 'service',
    id: '8a2f4a9e-5f63-4b62-9d1f-6f5a0a9be001',
    source: 'つむぎ市/venues#みどり広場',
    profile: { organisationId, kind: 'venue', name: 'みどり広場' },
    ...told,
  },
});

describe('a service tells that it runs differently', () => {
  it('with how people meet from now on', () => given(listed).when(suspend).then(suspended));
  it('once', () => given(listed, suspended).when(suspend).thenNothing());
  it('only through the agency that runs or listed it', () =>
    given(listed)
      .when({ ...suspend, agency: 'aoba-clinic' })
      .thenRejected('not-managing-agency'));
  it('only when it is in the directory', () => given().when(suspend).thenRejected('not-listed'));
});

describe('capacity', () => {
  const change = (total: number | null, available: number | null): ServiceCommand => ({
    type: 'ChangeServiceCapacity',
    capacity: { total, available },
    agency: 'midori-jichikai',
  });
  const full: ServiceEvent = { type: 'ServiceCapacityChanged', data: { total: 10, available: 0 } };
  it('is told', () => given(listed).when(change(10, 0)).then(full));
  it('is not told twice', () => given(listed, full).when(change(10, 0)).thenNothing());
  it('has no more free places than places', () =>
    given(listed).when(change(10, 11)).thenRejected('more-free-than-places'));
  it('follows the source without inventing free places', () =>
    given(listed, { type: 'ServiceCapacityChanged', data: { total: 10, available: 8 } })
      .when(imported({ capacityTotal: 5 }))
      .then(
        { type: 'ServiceRevised', data: { changes: {}, stated: { capacityTotal: 5 } } },
        { type: 'ServiceCapacityChanged', data: { total: 5, available: 5 } },
      ));
});

describe('importing the same again changes nothing', () => {
  it('when the record is the same', () =>
    given(listed)
      .when(imported({ status: 'open' }))
      .thenNothing());
  it('even for an agency that could not change it', () =>
    given(listed).when(imported({}, 'aoba-clinic')).thenNothing());
  it('and does not reopen what people suspended', () =>
    given(listed, suspended)
      .when(imported({ status: 'open' }))
      .thenNothing());
  it('but a source that says something new is heard', () =>
    given(listed)
      .when(imported({ status: 'suspended' }))
      .then(
        { type: 'ServiceRevised', data: { changes: {}, stated: { status: 'suspended' } } },
        { type: 'ServiceStatusChanged', data: { status: 'suspended', modes: ['venue'], reason: null } },
      ));
  it('and a changed row is one event with what changed', () =>
    given(listed)
      .when(
        imported({ profile: { organisationId, kind: 'venue', name: 'みどり広場', url: 'https://midori.example.jp/' } }),
      )
      .then({ type: 'ServiceRevised', data: { changes: { url: 'https://midori.example.jp/' } } }));
});
