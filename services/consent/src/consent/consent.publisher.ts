import { consentEvents, type Publication } from '@tsunagu/contracts';
import { categoryOf, idOf, never, type RecordedEvent } from '@tsunagu/event-sourcing';
import type { NoticeEvent } from '../notice/domain/events';
import type { ConsentEvent, Decided } from './domain/events';

/** What of consent the others are told: references and codes. Names and descriptions stay here, sealed. */
export function publishConsent(recorded: RecordedEvent): readonly Publication[] {
  const { type, data } = recorded;
  switch (categoryOf(recorded.stream)) {
    case 'consent':
      return ofPerson(idOf(recorded.stream), { type, data } as ConsentEvent);
    case 'notice':
      return [ofNotice({ type, data } as NoticeEvent)];
    default:
      return [];
  }
}

function ofNotice({ data: { noticeId, version, texts } }: NoticeEvent): Publication {
  const languages = texts.map((text) => text.language);
  const data = { noticeId, version, languages };
  return { contract: consentEvents.NoticePublished, subject: noticeId, key: noticeId, data };
}

function ofPerson(personId: string, event: ConsentEvent): readonly Publication[] {
  if (event.type === 'ConsentErased') return [];
  const data = { personId, ...told(event) };
  return [{ contract: consentEvents[event.type], subject: personId, key: personId, data }];
}

function told(event: Exclude<ConsentEvent, { type: 'ConsentErased' }>): object {
  switch (event.type) {
    case 'ConsentGranted': {
      const { givenBy, witness: _witness, ...granted } = event.data;
      const byRepresentative = givenBy.kind === 'representative';
      return { ...granted, byRepresentative, mandateUntil: byRepresentative ? givenBy.validUntil : null };
    }
    case 'DisclosureAuthorised': {
      const { authorisationId, restsOn, until } = event.data;
      return { authorisationId, restsOn, until, grantIds: event.data.grantIds, ...decided(event.data) };
    }
    case 'DisclosureRefused':
      return { refusalId: event.data.refusalId, ...decided(event.data) };
    case 'EmergencyAccessOpened': {
      const { agency, user, description: _description, from: _from, ...opened } = event.data;
      return { ...opened, agencyId: agency, userId: user };
    }
    case 'ConsentWithdrawn':
    case 'EmergencyAccessReviewed':
      return event.data;
    default:
      return never(event);
  }
}

function decided(decision: Decided): object {
  const { recipient, discloser, purpose, categories, action, legalBasis, subject, subjectId } = decision;
  const { at, code, policyVersion, consentRevision, parties } = decision;
  return {
    parties,
    recipientAgency: recipient.agency,
    recipientUser: recipient.user,
    recipientRole: recipient.role,
    discloserAgency: discloser,
    ...{ purpose, categories, action, legalBasis, subject, subjectId, at, code, policyVersion, consentRevision },
  };
}
