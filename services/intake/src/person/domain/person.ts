import type { Sealed } from '@tsunagu/sealing';
import { type Decider, never, Rejection } from '@tsunagu/event-sourcing';
import type { IdentityRecord, PersonEvent, Recorder, Through } from './events';

export interface Involvement {
  readonly agency: string;
  readonly through: Through;
}

interface Record {
  readonly consultations: readonly string[];
  readonly involved: readonly Involvement[];
  /** Every identity ever recorded, the latest last: a correction replaces nothing. */
  readonly identities: readonly IdentityRecord[];
  readonly links: readonly { readonly agency: string; readonly otherPersonId: string }[];
}

export type KnownPerson = { readonly status: 'known' } & Record;
export type Person =
  | { readonly status: 'none' }
  | KnownPerson
  /** Between the wish and the destruction of the keys: nothing may be added. */
  | ({ readonly status: 'erasing'; readonly erasureId: string } & Record)
  | ({ readonly status: 'erased'; readonly erasureId: string; readonly keysDestroyed: number } & Record);

interface NewIdentity {
  readonly recordId: string;
  readonly by: Recorder;
  readonly identity: Sealed;
  readonly contactDetails: Sealed;
  readonly now: string;
}

export type PersonCommand =
  /** Comes before the consultation itself: none is ever open that the person's record does not name. */
  | { readonly type: 'BeginConsultation'; readonly consultationId: string }
  | ({ readonly type: 'InvolveAgency' } & Involvement)
  | ({ readonly type: 'RecordIdentity' } & NewIdentity)
  | ({ readonly type: 'CorrectIdentity' } & NewIdentity)
  | { readonly type: 'LinkPerson'; readonly agency: string; readonly otherPersonId: string; readonly now: string }
  | { readonly type: 'UnlinkPerson'; readonly agency: string; readonly otherPersonId: string; readonly now: string }
  | { readonly type: 'RequestErasure'; readonly erasureId: string; readonly now: string }
  | { readonly type: 'CompleteErasure'; readonly keysDestroyed: number; readonly now: string };

export const person: Decider<PersonCommand, PersonEvent, Person> = {
  category: 'person',
  initial: { status: 'none' },
  evolve,
  decide,
};

export const agenciesOf = (state: Record): readonly string[] => [
  ...new Set(state.involved.map(({ agency }) => agency)),
];

export const isInvolved = (state: Person, agency: string): boolean =>
  state.status !== 'none' && state.involved.some((one) => one.agency === agency);

/**
 * The identity that this reader goes by. An agency sees what its own workers recorded, and what the person gave
 * themselves once they consult that agency; being sent a referral is no such reason.
 */
export function identityFor(state: Person, reader: Recorder): IdentityRecord | undefined {
  if (state.status === 'none') return undefined;
  if (reader.kind === 'person') return state.identities.at(-1);
  const consulted = state.involved.some((one) => one.agency === reader.agency && one.through === 'consultation');
  return state.identities.findLast(({ by }) => (by.kind === 'person' ? consulted : by.agency === reader.agency));
}

function evolve(state: Person, event: PersonEvent): Person {
  if (event.type === 'PersonRegistered') {
    return { status: 'known', consultations: [], involved: [], identities: [], links: [] };
  }
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'ConsultationBegun':
      return { ...state, consultations: [...state.consultations, event.data.consultationId] };
    case 'AgencyInvolved': {
      const { agency, through } = event.data;
      return { ...state, involved: [...state.involved, { agency, through }] };
    }
    case 'IdentityRecorded':
    case 'IdentityCorrected': {
      const { parties: _parties, ...record } = event.data;
      return { ...state, identities: [...state.identities, record] };
    }
    case 'PersonLinked': {
      const { agency, otherPersonId } = event.data;
      return { ...state, links: [...state.links, { agency, otherPersonId }] };
    }
    case 'PersonUnlinked':
      return { ...state, links: state.links.filter((link) => !sameLink(link, event.data)) };
    case 'ErasureRequested':
      return { ...state, status: 'erasing', erasureId: event.data.erasureId };
    case 'PersonErased': {
      const { erasureId, keysDestroyed } = event.data;
      return { ...state, status: 'erased', erasureId, keysDestroyed };
    }
    default:
      return never(event);
  }
}

function decide(command: PersonCommand, state: Person): readonly PersonEvent[] {
  if (command.type === 'BeginConsultation' && state.status === 'none') {
    return [{ type: 'PersonRegistered', data: { parties: [] } }, ...begin(command.consultationId, [])];
  }
  if (command.type === 'InvolveAgency') return involve(command, state);
  if (state.status === 'none') throw new Rejection('person-unknown', 'There is no such person.');
  if (command.type === 'RequestErasure') return requestErasure(command, state);
  if (command.type === 'CompleteErasure') return completeErasure(command, state);
  if (state.status !== 'known') {
    throw new Rejection(
      'person-erased',
      'Everything about this person was erased at their wish; nothing can be added.',
    );
  }
  switch (command.type) {
    case 'BeginConsultation':
      return state.consultations.includes(command.consultationId)
        ? []
        : begin(command.consultationId, agenciesOf(state));
    case 'RecordIdentity':
      return recordIdentity(command, state);
    case 'CorrectIdentity':
      return correctIdentity(command, state);
    case 'LinkPerson':
      return link(command, state);
    case 'UnlinkPerson':
      return unlink(command, state);
    default:
      return never(command);
  }
}

const begin = (consultationId: string, parties: readonly string[]): readonly PersonEvent[] => [
  { type: 'ConsultationBegun', data: { parties, consultationId } },
];

/** Also told over the bus, late or twice: whoever is unknown, gone or involved already changes nothing. */
function involve({ agency, through }: Involvement, state: Person): readonly PersonEvent[] {
  if (state.status !== 'known') return [];
  if (state.involved.some((one) => one.agency === agency && one.through === through)) return [];
  const parties = [...new Set([...agenciesOf(state), agency])];
  return [{ type: 'AgencyInvolved', data: { parties, agency, through } }];
}

function recordIdentity(command: NewIdentity, state: KnownPerson): readonly PersonEvent[] {
  if (identityFor(state, command.by)) {
    throw new Rejection('already-identified', 'The name is recorded already. Correct it instead (PATCH).');
  }
  return [{ type: 'IdentityRecorded', data: newRecord(command, state) }];
}

function correctIdentity(command: NewIdentity, state: KnownPerson): readonly PersonEvent[] {
  if (!identityFor(state, command.by)) {
    throw new Rejection('not-identified', 'There is no name to correct yet. Record it first (POST).');
  }
  return [{ type: 'IdentityCorrected', data: newRecord(command, state) }];
}

function newRecord({ recordId, by, identity, contactDetails, now }: NewIdentity, state: KnownPerson) {
  const consulted = state.involved.filter((one) => one.through === 'consultation').map(({ agency }) => agency);
  const parties = by.kind === 'person' ? [...new Set(consulted)] : [by.agency];
  const heldBy = by.kind === 'person' ? 'platform' : by.agency;
  return { parties, recordId, by, heldBy, at: now, identity, contactDetails };
}

function link(
  { agency, otherPersonId, now }: Extract<PersonCommand, { type: 'LinkPerson' }>,
  state: KnownPerson,
): readonly PersonEvent[] {
  if (state.links.some((known) => sameLink(known, { agency, otherPersonId }))) return [];
  return [{ type: 'PersonLinked', data: { parties: [agency], agency, otherPersonId, at: now } }];
}

function unlink(
  { agency, otherPersonId, now }: Extract<PersonCommand, { type: 'UnlinkPerson' }>,
  state: KnownPerson,
): readonly PersonEvent[] {
  if (!state.links.some((known) => sameLink(known, { agency, otherPersonId }))) return [];
  return [{ type: 'PersonUnlinked', data: { parties: [agency], agency, otherPersonId, at: now } }];
}

function requestErasure(
  { erasureId, now }: Extract<PersonCommand, { type: 'RequestErasure' }>,
  state: Exclude<Person, { status: 'none' }>,
): readonly PersonEvent[] {
  if (state.status !== 'known') return [];
  return [{ type: 'ErasureRequested', data: { parties: agenciesOf(state), erasureId, at: now } }];
}

function completeErasure(
  { keysDestroyed, now }: Extract<PersonCommand, { type: 'CompleteErasure' }>,
  state: Exclude<Person, { status: 'none' }>,
): readonly PersonEvent[] {
  if (state.status === 'erased') return [];
  if (state.status === 'known') throw new Rejection('erasure-not-requested', 'Nobody asked for this erasure.');
  const { erasureId } = state;
  return [{ type: 'PersonErased', data: { parties: agenciesOf(state), erasureId, keysDestroyed, at: now } }];
}

const sameLink = (one: { agency: string; otherPersonId: string }, other: { agency: string; otherPersonId: string }) =>
  one.agency === other.agency && one.otherPersonId === other.otherPersonId;
