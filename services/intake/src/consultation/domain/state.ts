import type { AgeBand, Channel, TriageTier } from '@tsunagu/contracts';
import { never } from '@tsunagu/event-sourcing';
import type { ConsultationEvent, Message, RecordedNeed, Screening } from './events';

export type NeedInView = RecordedNeed & { readonly status: 'open' | 'met' | 'withdrawn' };

interface Record {
  readonly personId: string;
  /** The agency that has it; null while any agency may take it. */
  readonly agency: string | null;
  /** The worker who took it. */
  readonly worker: string | null;
  /** Every agency that ever had it: these may read it. */
  readonly parties: readonly string[];
  readonly channel: Channel;
  readonly language: string;
  readonly interpreterNeeded: boolean;
  readonly anonymous: boolean;
  readonly area: string;
  readonly ageBand: AgeBand;
  readonly tier: TriageTier;
  readonly openedAt: string;
  /** By when the person must be answered; null when nobody waits. */
  readonly dueAt: string | null;
  /** The deadline in force has passed, and that was told. */
  readonly overdue: boolean;
  readonly messages: readonly Message[];
  readonly screenings: readonly Screening[];
  readonly needs: readonly NeedInView[];
}

export type OpenConsultation = { readonly status: 'open' } & Record;
export type RecordedConsultation =
  OpenConsultation | ({ readonly status: 'closed' } & Record) | ({ readonly status: 'erased' } & Record);
export type Consultation = { readonly status: 'none' } | RecordedConsultation;

export const initial: Consultation = { status: 'none' };

export function evolve(state: Consultation, event: ConsultationEvent): Consultation {
  if (event.type === 'ConsultationOpened') return opened(event.data);
  if (state.status === 'none') return state;
  const { data } = event;
  const now = { ...state, parties: data.parties };
  switch (event.type) {
    case 'MessageSent': {
      const { personId: _person, parties: _parties, dueAt, ...message } = event.data;
      const overdue = state.overdue && dueAt === state.dueAt;
      return { ...now, dueAt, overdue, messages: [...state.messages, message] };
    }
    case 'ConsultationTaken':
      return { ...now, agency: event.data.agency, worker: event.data.worker };
    case 'ConsultationRouted':
      return { ...now, agency: event.data.to, worker: null, dueAt: event.data.dueAt, overdue: false };
    case 'ConsultationTriaged':
      return { ...now, tier: event.data.tier, dueAt: event.data.dueAt, overdue: false };
    case 'TriageOverdue':
      return { ...now, overdue: true };
    case 'ScreeningRecorded': {
      const { personId: _person, parties: _parties, agency: _agency, ...screening } = event.data;
      return { ...now, screenings: [...state.screenings, screening] };
    }
    case 'NeedRecorded': {
      const { personId: _person, parties: _parties, agency: _agency, area: _area, ...need } = event.data;
      return { ...now, needs: [...state.needs, { ...need, status: 'open' }] };
    }
    case 'NeedSettled': {
      const { needId, status } = event.data;
      return { ...now, needs: state.needs.map((need) => (need.needId === needId ? { ...need, status } : need)) };
    }
    case 'ConsultationClosed':
      return { ...now, status: 'closed', dueAt: null, overdue: false };
    case 'ConsultationReopened':
      return { ...now, status: 'open' };
    case 'ConsultationErased':
      return { ...now, status: 'erased', dueAt: null, overdue: false };
    default:
      return never(event);
  }
}

function opened(data: Extract<ConsultationEvent, { type: 'ConsultationOpened' }>['data']): Consultation {
  const { sector: _sector, ...opening } = data;
  return { ...opening, status: 'open', worker: null, overdue: false, messages: [], screenings: [], needs: [] };
}
