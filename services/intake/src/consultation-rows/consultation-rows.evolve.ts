import { categoryOf, idOf, type RecordedEvent, upcast } from '@tsunagu/event-sourcing';
import { consultation } from '../consultation/domain/consultation';
import type { ConsultationEvent } from '../consultation/domain/events';
import { ConsultationRow } from './consultation-row.entity';

/** A ReadModel of the log's own events. */
export const consultationRows = {
  name: 'consultation-rows',
  entity: ConsultationRow,
  keysOf: ({ stream }: RecordedEvent): readonly string[] =>
    categoryOf(stream) === consultation.category ? [idOf(stream)] : [],
  evolve: (row: ConsultationRow | undefined, recorded: RecordedEvent): ConsultationRow | undefined => {
    const next = fold(row, upcast(consultation, recorded), idOf(recorded.stream));
    return next && { ...next, revision: recorded.revision };
  },
};

function fold(row: ConsultationRow | undefined, event: ConsultationEvent, id: string): ConsultationRow | undefined {
  if (event.type === 'ConsultationOpened') return opened(event, id);
  if (!row) return undefined;
  const now: ConsultationRow = { ...row, parties: [...event.data.parties] };
  switch (event.type) {
    case 'MessageSent': {
      const { by, dueAt } = event.data;
      const overdue = row.overdue && dueAt === row.dueAt;
      return { ...now, dueAt, overdue, lastMessageBy: by.kind, messages: row.messages + 1 };
    }
    case 'ConsultationTaken':
      return { ...now, agency: event.data.agency, worker: event.data.worker };
    case 'ConsultationRouted':
      return { ...now, agency: event.data.to, worker: null, dueAt: event.data.dueAt, overdue: false };
    case 'ConsultationTriaged':
      return { ...now, tier: event.data.tier, dueAt: event.data.dueAt, overdue: false };
    case 'TriageOverdue':
      return { ...now, overdue: true };
    case 'NeedRecorded':
      return { ...now, openNeeds: row.openNeeds + 1 };
    case 'NeedSettled':
      return { ...now, openNeeds: row.openNeeds - 1 };
    case 'ConsultationClosed':
      return { ...now, status: 'closed', dueAt: null, overdue: false };
    case 'ConsultationReopened':
      return { ...now, status: 'open' };
    case 'ConsultationErased':
      return { ...now, status: 'erased', dueAt: null, overdue: false };
    case 'ScreeningRecorded':
      return now;
  }
}

function opened({ data }: Extract<ConsultationEvent, { type: 'ConsultationOpened' }>, id: string): ConsultationRow {
  const { personId, agency, parties, channel, language, interpreterNeeded, anonymous, area, tier } = data;
  const { openedAt, dueAt } = data;
  const said = { lastMessageBy: null, messages: 0, openNeeds: 0, worker: null, overdue: false, revision: 0 };
  const asked = { channel, language, interpreterNeeded, anonymous, area, tier, openedAt, dueAt };
  return { id, personId, agency, parties: [...parties], status: 'open', ...asked, ...said };
}
