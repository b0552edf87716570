import { dateInJapan } from '@tsunagu/calendar';
import { type DataCategory, type Publication, referralEvents, referralFacts } from '@tsunagu/contracts';
import { categoryOf, idOf, type RecordedEvent } from '@tsunagu/event-sourcing';
import type { Disclosure, ReferralEvent } from './domain/events';

/** Stored referral events as others may know them: who, when, under which authorisation; never what was disclosed. */
export function publishReferral(recorded: RecordedEvent): readonly Publication[] {
  if (categoryOf(recorded.stream) !== 'referral') return [];
  const event = { type: recorded.type, data: recorded.data } as ReferralEvent;
  const { about } = event.data;
  const referralId = idOf(recorded.stream);
  const data = { ...about, referralId, ...told(event) };
  const contract = event.type === 'OpenCallPosted' ? referralEvents.ReferralSent : referralEvents[event.type];
  const published: Publication = { contract, subject: referralId, key: about.personId, data };
  return [published, ...factOf(event, recorded.recordedAt)];
}

function told(event: ReferralEvent): object {
  switch (event.type) {
    case 'ReferralDrafted':
      return { categories: event.data.categories };
    case 'ReferralWithheld':
      return { code: event.data.code };
    case 'OpenCallPosted':
      return { authorisationId: null, grantIds: [], categories: [], deadline: event.data.deadline };
    case 'ReferralSent':
      return { ...given(event.data.disclosure), deadline: event.data.deadline };
    case 'ReferralClaimed':
    case 'InformationProvided':
      return given(event.data.disclosure);
    case 'OutcomeReported': {
      const { authorisationId, grantIds } = event.data.disclosure;
      return { authorisationId, grantIds, outcome: event.data.outcome };
    }
    case 'ReferralRejected':
    case 'ReferralHeld':
    case 'ReferralFailed':
    case 'ReferralCancelled':
      return { reason: event.data.reason, reasonOwner: event.data.reasonOwner };
    case 'ReferralRerouted':
      return { nextReferralId: event.data.nextReferralId };
    case 'ReferralDeadlinePassed':
      return { status: event.data.status };
    case 'WithdrawalNotified':
    case 'AcknowledgementOverdue':
      return { agencyId: event.data.agency, deadline: event.data.deadline };
    case 'WithdrawalAcknowledged': {
      const { agency, disposition, legalBasis } = event.data;
      return { agencyId: agency, disposition, ...(legalBasis ? { legalBasis } : {}) };
    }
    default:
      return {};
  }
}

function given({ authorisationId, grantIds, fields, note }: Disclosure): object {
  const categories = new Set<DataCategory>(Object.keys(fields) as DataCategory[]);
  if (note) categories.add(note.category);
  return { authorisationId, grantIds, categories: [...categories] };
}

/** Counted in the month recorded; late arrivals never change a release. */
function factOf(event: ReferralEvent, recordedAt: string): readonly Publication[] {
  if (!('counted' in event.data) || event.data.counted === null) return [];
  const data = { month: dateInJapan(recordedAt).slice(0, 7), ...event.data.counted, outcome: countedAs(event) };
  return [{ contract: referralFacts.ReferralOutcomeCounted, subject: '', key: '', data }];
}

function countedAs(event: ReferralEvent): string {
  switch (event.type) {
    case 'ReferralCompleted':
      return event.data.outcome;
    case 'ReferralCancelled':
      return `cancelled:${event.data.reason}`;
    case 'ReferralWithheld':
      return 'withheld';
    case 'ReferralRejected':
      return 'rejected';
    default:
      return 'failed';
  }
}
