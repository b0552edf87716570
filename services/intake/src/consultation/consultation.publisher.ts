import { dateInJapan } from '@tsunagu/calendar';
import { intakeEvents, intakeFacts, type Publication, publicationOf } from '@tsunagu/contracts';
import { idOf, never, type RecordedEvent, upcast } from '@tsunagu/event-sourcing';
import { consultation } from './domain/consultation';
import type { ConsultationEvent } from './domain/events';

type DataOf<Type extends ConsultationEvent['type']> = Extract<ConsultationEvent, { type: Type }>['data'];

export function publishConsultation(recorded: RecordedEvent): readonly Publication[] {
  const event: ConsultationEvent = upcast(consultation, recorded);
  const { personId, parties } = event.data;
  const subject = idOf(recorded.stream);
  const about = { personId, parties: [...parties], consultationId: subject };
  const as = { subject, key: personId };
  const month = dateInJapan(recorded.recordedAt).slice(0, 7);
  switch (event.type) {
    case 'ConsultationOpened':
      return [
        publicationOf(intakeEvents.ConsultationOpened, { ...as, data: { ...about, ...opening(event.data) } }),
        publicationOf(intakeFacts.ConsultationCounted, { ...as, data: { month, ...counted(event.data) } }),
      ];
    case 'MessageSent': {
      const { by } = event.data;
      return by.kind === 'person'
        ? [publicationOf(intakeEvents.ConsultationContinued, { ...as, data: { ...about, by: 'person' } })]
        : [publicationOf(intakeEvents.ConsultationAnswered, { ...as, data: { ...about, agencyId: by.agency } })];
    }
    case 'ConsultationTaken':
      return [
        publicationOf(intakeEvents.ConsultationTaken, { ...as, data: { ...about, agencyId: event.data.agency } }),
      ];
    case 'ConsultationRouted': {
      const data = { ...about, fromAgencyId: event.data.from, toAgencyId: event.data.to };
      return [publicationOf(intakeEvents.ConsultationRouted, { ...as, data })];
    }
    case 'ConsultationTriaged': {
      const { agency, tier, dueAt } = event.data;
      return [
        publicationOf(intakeEvents.ConsultationTriaged, { ...as, data: { ...about, agencyId: agency, tier, dueAt } }),
      ];
    }
    case 'TriageOverdue': {
      const { agency, tier, dueAt } = event.data;
      return [publicationOf(intakeEvents.TriageOverdue, { ...as, data: { ...about, agencyId: agency, tier, dueAt } })];
    }
    case 'ScreeningRecorded':
    case 'NeedRecorded':
    case 'NeedSettled':
      return assessed(event, as, about, month);
    case 'ConsultationClosed':
      return [
        publicationOf(intakeEvents.ConsultationClosed, { ...as, data: { ...about, agencyId: event.data.agency } }),
      ];
    case 'ConsultationReopened':
    case 'ConsultationErased':
      return [];
    default:
      return never(event);
  }
}

function assessed(
  event: Extract<ConsultationEvent, { type: 'ScreeningRecorded' | 'NeedRecorded' | 'NeedSettled' }>,
  as: { readonly subject: string; readonly key: string },
  about: { personId: string; parties: string[]; consultationId: string },
  month: string,
): readonly Publication[] {
  switch (event.type) {
    case 'ScreeningRecorded': {
      const { agency, instrument, version } = event.data;
      const data = { ...about, agencyId: agency, instrument, instrumentVersion: version };
      return [publicationOf(intakeEvents.ScreeningRecorded, { ...as, data })];
    }
    case 'NeedRecorded': {
      const { agency, needId, need, urgency, area } = event.data;
      return [
        publicationOf(intakeEvents.NeedRecorded, { ...as, data: { ...about, agencyId: agency, needId, urgency } }),
        publicationOf(intakeFacts.NeedCounted, { ...as, data: { month, need, area, urgency } }),
      ];
    }
    case 'NeedSettled': {
      const { agency, needId, status } = event.data;
      return [publicationOf(intakeEvents.NeedSettled, { ...as, data: { ...about, agencyId: agency, needId, status } })];
    }
  }
}

const opening = ({ agency, channel, language, interpreterNeeded, anonymous }: DataOf<'ConsultationOpened'>) => ({
  agencyId: agency,
  channel,
  language,
  interpreterNeeded,
  anonymous,
});

const counted = ({ channel, ageBand, area, sector }: DataOf<'ConsultationOpened'>) => ({
  channel,
  ageBand,
  area,
  sector,
});
