import { type CloudEvent, type consentEvents, type DataOf, followUpEvents, referralEvents } from '@tsunagu/contracts';
import type { ReadModel } from '@tsunagu/read-models';
import { dataOf, isRecordViewed } from '../bus-facts';
import { DisclosureRow } from './disclosures.entity';

type Told = Pick<
  DisclosureRow,
  'kind' | 'personId' | 'subjectId' | 'recipientAgency' | 'authorisationId' | 'categories'
>;

/** Every event by which data reach another agency; one row an event. */
export const disclosureRows: ReadModel<DisclosureRow, CloudEvent> = {
  name: 'disclosures',
  entity: DisclosureRow,
  keysOf: (event) => (toldIn(event) ? [event.id] : []),
  evolve: (row, event) => {
    const told = toldIn(event);
    return row ?? (told && { eventId: event.id, at: new Date(event.time), ...told });
  },
};

function toldIn(event: CloudEvent): Told | undefined {
  return (isRecordViewed(event) ? readIn(event) : undefined) ?? handedIn(event) ?? reportedIn(event);
}

/** What an agency reads of its own needs no authorisation; what it reads under consent, or in an emergency, does. */
function readIn(event: CloudEvent): Told | undefined {
  const viewed = event.data as DataOf<typeof consentEvents.RecordViewed>;
  const authorised = viewed.basis === 'consent' || viewed.basis === 'emergency';
  if (!authorised || viewed.outcome !== 'shown') return undefined;
  const { personId, subjectId, categories, authorisationId = null } = viewed;
  return { kind: 'read', personId, subjectId, recipientAgency: event.actoragency ?? null, authorisationId, categories };
}

function handedIn(event: CloudEvent): Told | undefined {
  const sent = dataOf(event, referralEvents.ReferralSent);
  // An open call discloses nothing before it is claimed.
  if (sent?.toAgency) return { kind: 'sent', ...about(sent), authorisationId: sent.authorisationId };
  const claimed = dataOf(event, referralEvents.ReferralClaimed);
  if (claimed) return { kind: 'claimed', ...about(claimed), authorisationId: claimed.authorisationId };
  const provided = dataOf(event, referralEvents.InformationProvided);
  return provided && { kind: 'information', ...about(provided), authorisationId: provided.authorisationId };
}

const about = (
  handed: DataOf<typeof referralEvents.InformationProvided> | DataOf<typeof referralEvents.ReferralSent>,
) => ({
  personId: handed.personId,
  subjectId: handed.referralId,
  recipientAgency: handed.toAgency,
  categories: handed.categories,
});

function reportedIn(event: CloudEvent): Told | undefined {
  const reported = dataOf(event, referralEvents.OutcomeReported);
  if (reported) {
    const { personId, referralId, fromAgency, authorisationId } = reported;
    const to = { subjectId: referralId, recipientAgency: fromAgency };
    return { kind: 'outcome', personId, ...to, authorisationId, categories: ['outcome'] };
  }
  const transferred = dataOf(event, followUpEvents.PlanTransferred);
  if (!transferred || event.authorisation === undefined) return undefined;
  const { personId, planId, toAgency } = transferred;
  const to = { subjectId: planId, recipientAgency: toAgency };
  return { kind: 'transfer', personId, ...to, authorisationId: event.authorisation, categories: ['plan'] };
}
