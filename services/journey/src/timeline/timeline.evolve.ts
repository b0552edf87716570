import type { CloudEvent } from '@tsunagu/contracts';
import type { ReadModel } from '@tsunagu/read-models';
import { isRecordViewed, personIn, serviceOf } from '../bus-facts';
import { TimelineRow } from './timeline.entity';

/** One row an event, whatever order events come in; reads are in the access ledger instead. */
export const timelineRows: ReadModel<TimelineRow, CloudEvent> = {
  name: 'timeline',
  entity: TimelineRow,
  keysOf: (event) => (personIn(event) && !isRecordViewed(event) ? [event.id] : []),
  evolve: (row, event) => {
    const about = personIn(event);
    if (row || !about) return row;
    const { personId, parties, ...facts } = about;
    return {
      eventId: event.id,
      personId,
      parties,
      service: serviceOf(event),
      type: event.type,
      subject: event.subject,
      occurredAt: new Date(event.occurredat),
      recordedAt: new Date(event.time),
      actorUser: event.actoruser,
      actorAgency: event.actoragency ?? null,
      actorRole: event.actorrole,
      onBehalfOf: event.onbehalfof ?? null,
      purpose: textIn(facts, 'purpose') ?? event.purpose ?? null,
      authorisationId: textIn(facts, 'authorisationId') ?? event.authorisation ?? null,
      emergencyAccessId: textIn(facts, 'accessId') ?? textIn(facts, 'restsOn') ?? null,
      unsafeToTell: facts['unsafeToTell'] === true,
      facts,
    };
  },
};

function textIn(facts: Readonly<Record<string, unknown>>, field: string): string | undefined {
  const value = facts[field];
  return typeof value === 'string' ? value : undefined;
}
