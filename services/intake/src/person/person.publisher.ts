import { intakeEvents, type Publication, publicationOf } from '@tsunagu/contracts';
import { idOf, never, type RecordedEvent, upcast } from '@tsunagu/event-sourcing';
import type { PersonEvent } from './domain/events';
import { person } from './domain/person';

export function publishPerson(recorded: RecordedEvent): readonly Publication[] {
  const event: PersonEvent = upcast(person, recorded);
  const personId = idOf(recorded.stream);
  const about = { personId, parties: [...event.data.parties] };
  const as = { subject: personId, key: personId };
  switch (event.type) {
    case 'IdentityRecorded':
      return [publicationOf(intakeEvents.PersonIdentified, { ...as, data: about })];
    case 'IdentityCorrected':
      return [publicationOf(intakeEvents.PersonCorrected, { ...as, data: about })];
    case 'PersonLinked': {
      const { agency, otherPersonId } = event.data;
      return [
        publicationOf(intakeEvents.PersonsLinked, { ...as, data: { ...about, otherPersonId, agencyId: agency } }),
      ];
    }
    case 'PersonUnlinked': {
      const { agency, otherPersonId } = event.data;
      return [
        publicationOf(intakeEvents.PersonsUnlinked, { ...as, data: { ...about, otherPersonId, agencyId: agency } }),
      ];
    }
    case 'ErasureRequested':
      return [
        publicationOf(intakeEvents.ErasureRequested, { ...as, data: { ...about, erasureId: event.data.erasureId } }),
      ];
    case 'PersonErased': {
      const { erasureId, keysDestroyed } = event.data;
      return [publicationOf(intakeEvents.PersonErased, { ...as, data: { ...about, erasureId, keysDestroyed } })];
    }
    case 'PersonRegistered':
    case 'ConsultationBegun':
    case 'AgencyInvolved':
      return [];
    default:
      return never(event);
  }
}
