import { type ContractEvent, type DataOf, type Publication, referralEvents, referralFacts } from '@tsunagu/contracts';
import { categoryOf, idOf, type RecordedEvent } from '@tsunagu/event-sourcing';
import type { OrganisationEvent, ServiceEvent, UnmetNeedEvent } from './domain/events';

/** The directory's part of what referral publishes. */
export function publishDirectory({ stream, type, data }: RecordedEvent): readonly Publication[] {
  if (!['organisation', 'service', 'unmetneed'].includes(categoryOf(stream))) return [];
  const id = idOf(stream);
  const event = { type, data } as OrganisationEvent | ServiceEvent | UnmetNeedEvent;
  const told = <Contract extends ContractEvent>(contract: Contract, data: DataOf<Contract> & object): Publication[] => [
    { contract, subject: id, key: id, data },
  ];
  switch (event.type) {
    case 'OrganisationListed': {
      const { name, sector } = event.data.profile;
      return told(referralEvents.OrganisationListed, { organisationId: id, name, sector });
    }
    case 'ServiceListed': {
      const { organisationId, kind, name, areas } = event.data.profile;
      return told(referralEvents.ServiceListed, { serviceId: id, organisationId, kind, name, area: areas[0] ?? null });
    }
    case 'ServiceStatusChanged': {
      const { status, modes } = event.data;
      return told(referralEvents.ServiceStatusChanged, { serviceId: id, status, modes: [...modes] });
    }
    case 'UnmetNeedRecorded': {
      const { month, need, area } = event.data;
      return told(referralFacts.UnmetNeedCounted, { month, need, area: area ?? UNKNOWN_AREA });
    }
    case 'OrganisationRevised':
    case 'ServiceRevised':
    case 'ServiceCapacityChanged':
      return [];
  }
}

const UNKNOWN_AREA = 'unknown';
