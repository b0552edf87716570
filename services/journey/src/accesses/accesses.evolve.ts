import { type CloudEvent, consentEvents, type DataOf } from '@tsunagu/contracts';
import type { ReadModel } from '@tsunagu/read-models';
import { dataOf, isRecordViewed, serviceOf } from '../bus-facts';
import { AccessRow } from './accesses.entity';

type Viewed = DataOf<typeof consentEvents.RecordViewed>;
type Decided = DataOf<typeof consentEvents.DisclosureAuthorised> | DataOf<typeof consentEvents.DisclosureRefused>;

/** Who looked at what, why and under which authorisation; one row an event, in whatever order events come. */
export const accessRows: ReadModel<AccessRow, CloudEvent> = {
  name: 'accesses',
  entity: AccessRow,
  keysOf: (event) => (accessIn(event) ? [event.id] : []),
  evolve: (row, event) => row ?? accessIn(event),
};

function accessIn(event: CloudEvent): AccessRow | undefined {
  if (isRecordViewed(event)) return viewed(event, event.data as Viewed);
  const decision = dataOf(event, consentEvents.DisclosureAuthorised) ?? dataOf(event, consentEvents.DisclosureRefused);
  if (decision?.action === 'read') return decided(event, decision);
  const opened = dataOf(event, consentEvents.EmergencyAccessOpened);
  return opened && emergency(event, opened);
}

const base = (event: CloudEvent): Pick<AccessRow, 'eventId' | 'service' | 'at' | 'user' | 'agency' | 'role'> => ({
  eventId: event.id,
  service: serviceOf(event),
  at: new Date(event.time),
  user: event.actoruser,
  agency: event.actoragency ?? null,
  role: event.actorrole,
});

const viewed = (event: CloudEvent, data: Viewed): AccessRow => ({
  ...base(event),
  personId: data.personId,
  kind: 'view',
  subject: data.subject,
  subjectId: data.subjectId,
  categories: data.categories,
  purpose: data.purpose ?? null,
  action: data.action,
  basis: data.basis,
  authorisationId: data.authorisationId ?? null,
  emergencyAccessId: null,
  outcome: data.outcome,
  reason: data.reason ?? null,
});

/** The service asked for the decision; who wanted to read is the recipient. */
const decided = (event: CloudEvent, data: Decided): AccessRow => ({
  ...base(event),
  personId: data.personId,
  kind: 'decision',
  user: data.recipientUser,
  agency: data.recipientAgency,
  role: data.recipientRole,
  subject: data.subject,
  subjectId: data.subjectId,
  categories: data.categories,
  purpose: data.purpose,
  action: data.action,
  basis: data.legalBasis,
  authorisationId: 'authorisationId' in data ? data.authorisationId : null,
  emergencyAccessId: 'restsOn' in data ? data.restsOn : null,
  outcome: 'authorisationId' in data ? 'permitted' : 'refused',
  reason: data.code,
});

const emergency = (event: CloudEvent, data: DataOf<typeof consentEvents.EmergencyAccessOpened>): AccessRow => ({
  ...base(event),
  personId: data.personId,
  kind: 'emergency-access',
  subject: 'emergency-access',
  subjectId: data.accessId,
  categories: data.categories,
  purpose: null,
  action: 'read',
  basis: 'emergency',
  authorisationId: null,
  emergencyAccessId: data.accessId,
  outcome: 'permitted',
  reason: data.harm,
});
