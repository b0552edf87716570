import { categoryOf, idOf, type RecordedEvent } from '@tsunagu/event-sourcing';
import type { ReadModel } from '@tsunagu/read-models';
import type { ConsentEvent } from '../consent/domain/events';
import { DecisionRow } from './decisions.entity';

export type DecisionEvent = Extract<ConsentEvent, { type: 'DisclosureAuthorised' | 'DisclosureRefused' }>;

/** Event types that are decisions. */
export const decisionEvents: readonly string[] = [
  'DisclosureAuthorised',
  'DisclosureRefused',
] satisfies ConsentEvent['type'][];

/** The decision that this event records, if it records one. */
export const decisionIn = (recorded: RecordedEvent): DecisionEvent | undefined =>
  categoryOf(recorded.stream) === 'consent' && decisionEvents.includes(recorded.type)
    ? ({ type: recorded.type, data: recorded.data } as DecisionEvent)
    : undefined;

export const decisionIdOf = (event: DecisionEvent): string =>
  event.type === 'DisclosureAuthorised' ? event.data.authorisationId : event.data.refusalId;

export const decisionRows: ReadModel<DecisionRow, RecordedEvent> = {
  name: 'decisions',
  entity: DecisionRow,
  keysOf: (recorded) => {
    const event = decisionIn(recorded);
    return event ? [decisionIdOf(event)] : [];
  },
  evolve: (row, recorded) => {
    const event = decisionIn(recorded);
    if (!event) return row;
    const { code, recipient, discloser, purpose, categories, action, legalBasis, subject, subjectId } = event.data;
    const { grantIds, restsOn, policyVersion, consentRevision, parties } = event.data;
    return {
      ...{ code, purpose, categories, action, legalBasis, subject, subjectId, grantIds, restsOn },
      ...{ policyVersion, consentRevision, parties },
      decisionId: decisionIdOf(event),
      personId: idOf(recorded.stream),
      outcome: event.type === 'DisclosureAuthorised' ? 'permitted' : 'refused',
      recipientAgency: recipient.agency,
      recipientUser: recipient.user,
      recipientRole: recipient.role,
      discloserAgency: discloser,
      at: new Date(event.data.at),
      until: event.type === 'DisclosureAuthorised' ? new Date(event.data.until) : null,
      revision: recorded.revision,
    };
  },
};
