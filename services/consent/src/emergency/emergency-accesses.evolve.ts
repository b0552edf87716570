import { categoryOf, idOf, type RecordedEvent } from '@tsunagu/event-sourcing';
import type { ReadModel } from '@tsunagu/read-models';
import type { ConsentEvent } from '../consent/domain/events';
import { EmergencyAccessRow } from './emergency-accesses.entity';

export const emergencyAccessRows: ReadModel<EmergencyAccessRow, RecordedEvent> = {
  name: 'emergency_accesses',
  entity: EmergencyAccessRow,
  keysOf: (recorded) => {
    if (categoryOf(recorded.stream) !== 'consent') return [];
    const event = { type: recorded.type, data: recorded.data } as ConsentEvent;
    return event.type === 'EmergencyAccessOpened' || event.type === 'EmergencyAccessReviewed'
      ? [event.data.accessId]
      : [];
  },
  evolve: (row, { type, data, stream, recordedAt, revision }) => {
    const event = { type, data } as ConsentEvent;
    if (event.type === 'EmergencyAccessReviewed' && row) {
      const { reviewer, justified } = event.data;
      return { ...row, reviewer, justified, reviewedAt: new Date(recordedAt), revision };
    }
    if (event.type !== 'EmergencyAccessOpened') return row;
    const { accessId, agency, user, supervisor, harm, categories, unsafeToTell, from, until, reviewBy } = event.data;
    return {
      ...{ accessId, agency, user, supervisor, harm, categories, unsafeToTell, revision },
      personId: idOf(stream),
      from: new Date(from),
      until: new Date(until),
      reviewBy: new Date(reviewBy),
      reviewedAt: null,
      reviewer: null,
      justified: null,
    };
  },
};
