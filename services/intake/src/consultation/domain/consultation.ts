import type { Sealed } from '@tsunagu/sealing';
import type { Need, TriageTier, Urgency } from '@tsunagu/contracts';
import { type Decider, never, Rejection } from '@tsunagu/event-sourcing';
import type { Author, ConsultationEvent, Message, Opening } from './events';
import { type Consultation, evolve, initial, type OpenConsultation, type RecordedConsultation } from './state';
import { dueAt } from './triage-clock';

type Event<Type extends ConsultationEvent['type']> = Extract<ConsultationEvent, { type: Type }>;
type Worker = Extract<Author, { kind: 'worker' }>;

/** What was said, sealed by whoever gathered the facts. */
export type Said = Pick<Message, 'messageId' | 'heldBy' | 'content'>;

export type ConsultationCommand =
  | ({
      readonly type: 'OpenConsultation';
      readonly personId: string;
      readonly by: Author;
      readonly message: Said;
      /** When it took place, as told; the deadline counts from `now`. */
      readonly at: string;
      readonly now: string;
    } & Omit<Opening, 'dueAt' | 'openedAt'>)
  | { readonly type: 'SendMessage'; readonly by: Author; readonly message: Said; readonly now: string }
  | { readonly type: 'TakeConsultation'; readonly by: Worker; readonly now: string }
  | {
      readonly type: 'RouteConsultation';
      readonly by: Worker;
      readonly toAgency: string;
      readonly personAgreed: boolean;
      readonly note: Said | null;
      readonly now: string;
    }
  | { readonly type: 'TriageConsultation'; readonly by: Worker; readonly tier: TriageTier; readonly now: string }
  | { readonly type: 'RaiseOverdue'; readonly now: string }
  | {
      readonly type: 'RecordScreening';
      readonly by: Worker;
      readonly screeningId: string;
      readonly instrument: string;
      readonly version: string;
      readonly result: Sealed;
      readonly now: string;
    }
  | {
      readonly type: 'RecordNeed';
      readonly by: Worker;
      readonly needId: string;
      readonly need: Need;
      readonly urgency: Urgency;
      readonly note: Sealed | null;
      readonly now: string;
    }
  | {
      readonly type: 'SettleNeed';
      readonly by: Worker;
      readonly needId: string;
      readonly status: 'met' | 'withdrawn';
      readonly now: string;
    }
  | { readonly type: 'CloseConsultation'; readonly by: Worker; readonly note: Said | null; readonly now: string }
  | { readonly type: 'EraseConsultation'; readonly now: string };

type Command<Type extends ConsultationCommand['type']> = Extract<ConsultationCommand, { type: Type }>;

export const consultation: Decider<ConsultationCommand, ConsultationEvent, Consultation> = {
  category: 'consultation',
  initial,
  evolve,
  decide,
};

function decide(command: ConsultationCommand, state: Consultation): readonly ConsultationEvent[] {
  if (command.type === 'OpenConsultation') return open(command, state);
  if (state.status === 'none') throw new Rejection('consultation-not-open', 'There is no such consultation.');
  if (command.type === 'EraseConsultation') return erase(command, state);
  if (state.status === 'erased') {
    throw new Rejection(
      'person-erased',
      'Everything about this person was erased at their wish; nothing can be added.',
    );
  }
  if (command.type === 'SendMessage') return send(command, state);
  if (command.type === 'RaiseOverdue') return raiseOverdue(command, state);
  if (state.status === 'closed') {
    throw new Rejection('consultation-closed', 'This consultation is closed. Send a message to open it again.');
  }
  switch (command.type) {
    case 'TakeConsultation':
      return take(command, state);
    case 'RouteConsultation':
      return route(command, state);
    case 'TriageConsultation':
      return triage(command, state);
    case 'RecordScreening':
      return recordScreening(command, state);
    case 'RecordNeed':
      return recordNeed(command, state);
    case 'SettleNeed':
      return settleNeed(command, state);
    case 'CloseConsultation':
      return close(command, state);
    default:
      return never(command);
  }
}

function open(command: Command<'OpenConsultation'>, state: Consultation): readonly ConsultationEvent[] {
  if (state.status !== 'none') throw new Rejection('consultation-already-open', 'This consultation is open already.');
  const { type: _type, by, message, at, now, ...opening } = command;
  const waits = by.kind === 'person' || opening.tier === 'crisis';
  const deadline = waits ? dueAt(opening.tier, now) : null;
  const parties = opening.agency === null ? [] : [opening.agency];
  return [
    { type: 'ConsultationOpened', data: { ...opening, parties, openedAt: at, dueAt: deadline } },
    messageSent({ personId: opening.personId, parties }, by, message, at, deadline),
  ];
}

/** The person may always write, also when the consultation was closed: they never have to start again. */
function send(
  { by, message, now }: Command<'SendMessage'>,
  state: Exclude<RecordedConsultation, { status: 'erased' }>,
): readonly ConsultationEvent[] {
  if (by.kind === 'worker') requireHolder(by, state);
  const deadline = by.kind === 'person' ? (state.dueAt ?? dueAt(state.tier, now)) : null;
  const reopened: readonly ConsultationEvent[] =
    state.status === 'closed' ? [{ type: 'ConsultationReopened', data: { ...about(state), at: now } }] : [];
  return [...reopened, messageSent(about(state), by, message, now, deadline)];
}

function take({ by, now }: Command<'TakeConsultation'>, state: OpenConsultation): readonly ConsultationEvent[] {
  if (state.agency !== null && state.agency !== by.agency) {
    throw new Rejection('already-taken', 'Another agency has taken this consultation.');
  }
  if (state.agency === by.agency && state.worker === by.user) return [];
  const parties = withParty(state.parties, by.agency);
  return [
    {
      type: 'ConsultationTaken',
      data: { personId: state.personId, parties, agency: by.agency, worker: by.user, at: now },
    },
  ];
}

/** No wrong door: whoever has it hands it over, with the person's agreement; the clock starts anew for the receiver. */
function route(command: Command<'RouteConsultation'>, state: OpenConsultation): readonly ConsultationEvent[] {
  const { by, toAgency, personAgreed, note, now } = command;
  requireHolder(by, state);
  if (toAgency === by.agency) {
    throw new Rejection(
      'routed-to-self',
      'Your agency has this consultation already. Choose another agency.',
      'toAgency',
    );
  }
  if (!personAgreed) {
    throw new Rejection(
      'agreement-needed',
      'Ask the person first: a consultation moves to another agency only when they agree.',
      'personAgreed',
    );
  }
  const deadline = dueAt(state.tier, now);
  const parties = withParty(state.parties, toAgency);
  const said = note ? [messageSent(about(state), by, note, now, state.dueAt)] : [];
  const data = { personId: state.personId, parties, from: by.agency, to: toAgency, at: now, dueAt: deadline };
  return [...said, { type: 'ConsultationRouted', data }];
}

function triage(
  { by, tier, now }: Command<'TriageConsultation'>,
  state: OpenConsultation,
): readonly ConsultationEvent[] {
  requireHolder(by, state);
  const data = { ...about(state), agency: by.agency, tier, at: now, dueAt: dueAt(tier, now) };
  return [{ type: 'ConsultationTriaged', data }];
}

/** Once per deadline, however often the clock asks. */
function raiseOverdue({ now }: Command<'RaiseOverdue'>, state: RecordedConsultation): readonly ConsultationEvent[] {
  if (state.dueAt === null || state.overdue || Date.parse(now) <= Date.parse(state.dueAt)) return [];
  const { agency, tier, dueAt: deadline } = state;
  return [{ type: 'TriageOverdue', data: { ...about(state), agency, tier, dueAt: deadline } }];
}

function recordScreening(
  { by, screeningId, instrument, version, result, now }: Command<'RecordScreening'>,
  state: OpenConsultation,
): readonly ConsultationEvent[] {
  requireHolder(by, state);
  const screening = { screeningId, instrument, version, heldBy: by.agency, at: now, result };
  return [{ type: 'ScreeningRecorded', data: { ...about(state), ...screening, agency: by.agency } }];
}

function recordNeed(
  { by, needId, need, urgency, note, now }: Command<'RecordNeed'>,
  state: OpenConsultation,
): readonly ConsultationEvent[] {
  requireHolder(by, state);
  if (state.needs.some((known) => known.need === need && known.status === 'open')) {
    throw new Rejection('need-already-recorded', 'This need is recorded already and still open.', 'need');
  }
  const recorded = { needId, need, urgency, heldBy: by.agency, at: now, note };
  return [{ type: 'NeedRecorded', data: { ...about(state), ...recorded, agency: by.agency, area: state.area } }];
}

function settleNeed(
  { by, needId, status, now }: Command<'SettleNeed'>,
  state: OpenConsultation,
): readonly ConsultationEvent[] {
  requireHolder(by, state);
  const need = state.needs.find((known) => known.needId === needId);
  if (!need) throw new Rejection('need-unknown', 'This consultation has no such need.', 'needId');
  if (need.status === status) return [];
  if (need.status !== 'open') throw new Rejection('need-settled', 'This need was settled already.', 'needId');
  return [{ type: 'NeedSettled', data: { ...about(state), needId, agency: by.agency, status, at: now } }];
}

function close({ by, note, now }: Command<'CloseConsultation'>, state: OpenConsultation): readonly ConsultationEvent[] {
  requireHolder(by, state);
  const said = note ? [messageSent(about(state), by, note, now, null)] : [];
  return [...said, { type: 'ConsultationClosed', data: { ...about(state), agency: by.agency, at: now } }];
}

function erase({ now }: Command<'EraseConsultation'>, state: RecordedConsultation): readonly ConsultationEvent[] {
  return state.status === 'erased' ? [] : [{ type: 'ConsultationErased', data: { ...about(state), at: now } }];
}

const about = ({ personId, parties }: RecordedConsultation) => ({ personId, parties });

const withParty = (parties: readonly string[], agency: string): readonly string[] =>
  parties.includes(agency) ? parties : [...parties, agency];

const messageSent = (
  subject: { readonly personId: string; readonly parties: readonly string[] },
  by: Author,
  message: Said,
  at: string,
  deadline: string | null,
): Event<'MessageSent'> => ({ type: 'MessageSent', data: { ...subject, ...message, by, at, dueAt: deadline } });

/** Agencies that had it before may read it; only the one that has it now acts. */
function requireHolder(by: Worker, state: RecordedConsultation): void {
  if (state.agency === by.agency) return;
  throw new Rejection(
    'not-with-your-agency',
    'This consultation is with another agency now. Only that agency can change it.',
  );
}
