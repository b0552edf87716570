import { categoryOf, idOf, type RecordedEvent } from '@tsunagu/event-sourcing';
import type { ReadModel } from '@tsunagu/read-models';
import type { ConsentEvent, ConsentGranted } from '../consent/domain/events';
import { GrantRow } from './grants.entity';

/** Event types that change what grants look like. */
export const grantEvents: readonly string[] = ['ConsentGranted', 'ConsentWithdrawn'] satisfies ConsentEvent['type'][];

export const grantRows: ReadModel<GrantRow, RecordedEvent> = {
  name: 'grants',
  entity: GrantRow,
  keysOf: (recorded) => {
    if (categoryOf(recorded.stream) !== 'consent') return [];
    const event = { type: recorded.type, data: recorded.data } as ConsentEvent;
    if (event.type === 'ConsentGranted') return [event.data.grantId];
    return event.type === 'ConsentWithdrawn' ? event.data.grantIds : [];
  },
  evolve: (row, recorded) => {
    const event = { type: recorded.type, data: recorded.data } as ConsentEvent;
    if (event.type === 'ConsentGranted') return granted(event.data, recorded);
    return row && { ...row, withdrawnAt: new Date(recorded.recordedAt), revision: recorded.revision };
  },
};

function granted(data: ConsentGranted, { stream, metadata, recordedAt, revision }: RecordedEvent): GrantRow {
  const { grantId, effect, purposes, categories, recipients, actions, form, notice, givenBy, witness, parties } = data;
  const isRepresented = givenBy.kind === 'representative';
  return {
    ...{ grantId, effect, purposes, categories, recipients, actions, form, notice, parties, revision },
    personId: idOf(stream),
    from: new Date(data.from),
    until: new Date(data.until),
    relationship: isRepresented ? givenBy.relationship : null,
    mandateUntil: isRepresented ? new Date(givenBy.validUntil) : null,
    witnessed: witness !== null,
    recordedBy: metadata.actor.user,
    recordedByAgency: metadata.actor.agency ?? null,
    recordedAt: new Date(recordedAt),
    withdrawnAt: null,
  };
}
