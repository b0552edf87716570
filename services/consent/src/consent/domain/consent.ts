import { never, Rejection, type Decider } from '@tsunagu/event-sourcing';
import type {
  AuthoriseDisclosure,
  ConsentCommand,
  EraseConsent,
  GrantConsent,
  OpenEmergencyAccess,
  Recorder,
  ReviewEmergencyAccess,
  WithdrawConsent,
} from './commands';
import { decide as decideDisclosure, type ConsentRecord } from './decision';
import { emergencyLimits } from './emergency-terms';
import type { ConsentEvent, ConsentGranted, GrantTerms } from './events';
import { requireGrantable } from './grant-rules';
import type { Grant } from './matching';
import { categoryMask } from './request';

/** What decisions need, and which agencies have a stake: they are told of a withdrawal. */
export interface ConsentState extends ConsentRecord {
  readonly stakeholders: readonly string[];
}

export const consent: Decider<ConsentCommand, ConsentEvent, ConsentState> = {
  category: 'consent',
  initial: { status: 'open', revision: -1, grants: [], emergencies: [], stakeholders: [] },
  evolve: (state, event) => ({ ...evolve(state, event), revision: state.revision + 1 }),
  decide,
};

function decide(command: ConsentCommand, state: ConsentState): readonly ConsentEvent[] {
  switch (command.type) {
    case 'GrantConsent':
      return grant(command, state);
    case 'WithdrawConsent':
      return withdraw(command, state);
    case 'AuthoriseDisclosure':
      return [authorise(command, state)];
    case 'OpenEmergencyAccess':
      return [openEmergencyAccess(command, state)];
    case 'ReviewEmergencyAccess':
      return reviewEmergencyAccess(command, state);
    case 'EraseConsent':
      return erase(command, state);
    default:
      return never(command);
  }
}

function grant(command: GrantConsent, state: ConsentState): readonly ConsentEvent[] {
  requireNotErased(state);
  requireGrantable(command);
  const { grantId, terms, form, givenBy, witness } = command;
  const notice = command.notice && {
    id: command.notice.id,
    version: command.notice.version,
    language: command.notice.language,
  };
  const data = { grantId, ...terms, form, notice, givenBy, witness, parties: partiesOfGrant(command) };
  return [{ type: 'ConsentGranted', data }];
}

/** A refusal is not told to the agency that it refuses. */
const partiesOfGrant = ({ recorder, terms }: GrantConsent): readonly string[] =>
  distinct([recorder.agency, ...(terms.effect === 'permit' ? namedAgencies(terms) : [])]);

/** Always possible, in every state, as often as somebody likes. */
function withdraw({ grantIds, recorder }: WithdrawConsent, state: ConsentState): readonly ConsentEvent[] {
  if (grantIds !== 'all' && grantIds.some((id) => !state.grants.some((given) => given.grantId === id))) {
    throw new Rejection('unknown-grant', 'There is no such consent of this person.', 'grantIds');
  }
  const named = (given: Grant): boolean =>
    grantIds === 'all' ? given.effect === 'permit' : grantIds.includes(given.grantId);
  const ending = state.grants.filter((given) => !given.withdrawn && named(given)).map((given) => given.grantId);
  if (ending.length === 0) return [];
  const parties = distinct([...state.stakeholders, recorder.agency]);
  return [{ type: 'ConsentWithdrawn', data: { grantIds: ending, parties } }];
}

/** The decision and its record are one append: whoever withdraws first wins, and both are on the stream in that order. */
function authorise(
  { personId, now, decisionId, asked, policy }: AuthoriseDisclosure,
  state: ConsentState,
): ConsentEvent {
  const decision = decideDisclosure({ ...asked, personId, at: now }, state, policy);
  const { code, policyVersion, consentRevision, obligations, restsOn = null } = decision;
  const telling = decision.outcome === 'permitted' ? 'permit' : 'deny';
  const grantIds = decision.matched.filter((match) => match.effect === telling).map((match) => match.grantId);
  const decided = { ...asked, at: now, code, grantIds, restsOn, policyVersion, consentRevision };
  if (decision.outcome === 'permitted' && decision.until) {
    const parties = distinct([asked.recipient.agency, asked.discloser]);
    const data = { authorisationId: decisionId, ...decided, until: decision.until, obligations, parties };
    return { type: 'DisclosureAuthorised', data };
  }
  // Whom a person refused is not told so, unless it was the recipient itself that asked; and nobody gets a part in the
  // person's journey by trying to read in an emergency that was never opened.
  const asksItself = asked.action === 'read' && asked.legalBasis !== 'emergency';
  const parties = distinct([asked.discloser ?? (asksItself ? asked.recipient.agency : undefined)]);
  return { type: 'DisclosureRefused', data: { refusalId: decisionId, ...decided, parties } };
}

function openEmergencyAccess(command: OpenEmergencyAccess, state: ConsentState): ConsentEvent {
  requireNotErased(state);
  const { type: _type, now, hours: _hours, ...access } = command;
  return {
    type: 'EmergencyAccessOpened',
    data: { ...access, from: now, ...emergencyLimits(command), parties: [command.agency] },
  };
}

function reviewEmergencyAccess(command: ReviewEmergencyAccess, state: ConsentState): readonly ConsentEvent[] {
  const { accessId, reviewer, justified } = command;
  const access = state.emergencies.find((opened) => opened.accessId === accessId);
  if (!access) throw new Rejection('unknown-emergency-access', 'There is no such emergency access.');
  if (access.user === reviewer) {
    throw new Rejection('own-emergency-access', 'Somebody else must review it: this emergency access is your own.');
  }
  if (access.reviewed) throw new Rejection('already-reviewed', 'This emergency access has been reviewed already.');
  const data = { accessId, reviewer, justified, parties: [access.agency] };
  return [{ type: 'EmergencyAccessReviewed', data }];
}

function erase({ erasureId }: EraseConsent, state: ConsentState): readonly ConsentEvent[] {
  if (state.status === 'erased') return [];
  const withdrawn = withdraw({ type: 'WithdrawConsent', grantIds: 'all', recorder: platform }, state);
  return [...withdrawn, { type: 'ConsentErased', data: { erasureId } }];
}

const platform: Recorder = { user: 'platform', role: 'service' };

function requireNotErased(state: ConsentState): void {
  if (state.status === 'erased') {
    throw new Rejection('person-erased', 'The data of this person were erased; nothing can be recorded any more.');
  }
}

function evolve(state: ConsentState, event: ConsentEvent): ConsentState {
  switch (event.type) {
    case 'ConsentGranted':
      return { ...state, grants: [...state.grants, grantOf(event.data, state.revision + 1)], ...heard(state, event) };
    case 'ConsentWithdrawn':
      return {
        ...state,
        grants: state.grants.map((given) =>
          event.data.grantIds.includes(given.grantId) ? { ...given, withdrawn: true } : given,
        ),
      };
    case 'DisclosureAuthorised':
      return { ...state, ...heard(state, event) };
    case 'DisclosureRefused':
      return state;
    case 'EmergencyAccessOpened': {
      const { accessId, agency, user, categories, from, until } = event.data;
      const mask = categoryMask(categories);
      const interval = { from: Date.parse(from), until: Date.parse(until) };
      const opened = { accessId, agency, user, categoryMask: mask, ...interval, reviewed: false, closed: false };
      return { ...state, emergencies: [...state.emergencies, opened] };
    }
    case 'EmergencyAccessReviewed':
      return {
        ...state,
        emergencies: state.emergencies.map((opened) =>
          opened.accessId === event.data.accessId
            ? { ...opened, reviewed: true, closed: !event.data.justified }
            : opened,
        ),
      };
    case 'ConsentErased':
      return { ...state, status: 'erased' };
    default:
      return never(event);
  }
}

const heard = (
  state: ConsentState,
  event: ConsentEvent & { readonly data: { readonly parties: readonly string[] } },
) =>
  event.data.parties.every((agency) => state.stakeholders.includes(agency))
    ? {}
    : { stakeholders: distinct([...state.stakeholders, ...event.data.parties]) };

const grantOf = (granted: ConsentGranted, revision: number): Grant => ({
  grantId: granted.grantId,
  revision,
  effect: granted.effect,
  purposes: granted.purposes,
  categoryMask: categoryMask(granted.categories),
  recipients: granted.recipients.some((recipient) => 'any' in recipient) ? 'any-agency' : namedAgencies(granted),
  actions: granted.actions,
  from: Date.parse(granted.from),
  until: Date.parse(granted.until),
  ...(granted.givenBy.kind === 'representative' ? { mandateUntil: Date.parse(granted.givenBy.validUntil) } : {}),
  withdrawn: false,
});

const namedAgencies = (terms: GrantTerms): readonly string[] =>
  terms.recipients.flatMap((recipient) => ('agency' in recipient ? [recipient.agency] : []));

const distinct = (agencies: readonly (string | null | undefined)[]): readonly string[] => [
  ...new Set(agencies.filter((agency) => typeof agency === 'string')),
];
