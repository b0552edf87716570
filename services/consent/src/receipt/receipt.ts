import type { Actor } from '@tsunagu/event-sourcing';
import type { ConsentGranted } from '../consent/domain/events';

interface Recording {
  readonly recordedAt: string;
  readonly recordedBy: Actor;
  readonly withdrawnAt?: string;
  /** Name of the representative; told to the person only. */
  readonly representative?: string;
}

/** DPV's terms for ours, where it has one; ours otherwise. */
const methods = {
  written: 'dpv:WrittenConsent',
  digital: 'dpv:ExplicitlyExpressedConsent',
  verbal: 'dpv:VerbalConsent',
};

/**
 * Consent receipt: the sections and fields of ISO/IEC TS 27560:2023 as JSON-LD, in terms of the W3C Data Privacy
 * Vocabulary 2. Says what was agreed, never what the data are.
 */
export function receiptOf(personId: string, granted: ConsentGranted, recording: Recording): object {
  return {
    '@context': { dpv: 'https://w3id.org/dpv#', dct: 'http://purl.org/dc/terms/', tsunagu: 'urn:tsunagu:' },
    '@type': 'dpv:ConsentReceipt',
    // Header: record, principal and schema ids.
    '@id': `urn:uuid:${granted.grantId}`,
    'dct:conformsTo': 'ISO/IEC TS 27560:2023',
    'dpv:hasIdentifier': granted.grantId,
    'dpv:hasDataSubject': `urn:uuid:${personId}`,
    // Notice: which text was read, and in which language.
    'dpv:hasNotice': granted.notice && {
      '@type': 'dpv:ConsentNotice',
      'dct:identifier': granted.notice.id,
      'dct:hasVersion': granted.notice.version,
      'dct:language': granted.notice.language,
    },
    ...processingOf(granted, recording),
    ...eventsOf(granted, recording),
  };
}

const processingOf = (granted: ConsentGranted, { recordedBy }: Recording): object => ({
  'dpv:hasLegalBasis': 'dpv:Consent',
  'dpv:hasPurpose': granted.purposes.map((purpose) => `tsunagu:purpose:${purpose}`),
  'dpv:hasPersonalData': granted.categories.map((category) => `tsunagu:data-category:${category}`),
  'dpv:hasProcessing': granted.actions.map((action) => `tsunagu:action:${action}`),
  'dpv:hasDataController': recordedBy.agency === undefined ? 'tsunagu:platform' : `tsunagu:agency:${recordedBy.agency}`,
  'dpv:hasRecipient': granted.recipients.map((recipient) =>
    'agency' in recipient ? `tsunagu:agency:${recipient.agency}` : 'tsunagu:any-agency',
  ),
  'dpv:hasStorageCondition': {
    'dpv:hasLocation': 'the installation that issued this receipt',
    'dpv:hasTechnicalMeasure': 'dpv:Encryption',
    'dpv:hasDuration': 'until erasure is requested',
  },
  'dpv:hasJurisdiction': 'JP',
});

const eventsOf = (
  granted: ConsentGranted,
  { recordedAt, recordedBy, withdrawnAt, representative }: Recording,
): object => ({
  'dpv:hasConsentStatus': statusOf(granted, withdrawnAt),
  'dpv:isIndicatedAtTime': granted.from,
  'dpv:hasDuration': { 'tsunagu:from': granted.from, 'tsunagu:until': granted.until },
  'dpv:hasIndicationMethod': methods[granted.form],
  'dpv:isIndicatedBy':
    granted.givenBy.kind === 'person' ? 'dpv:DataSubject' : representativeOf(granted, representative),
  'tsunagu:witnessed': granted.witness !== null,
  'tsunagu:recordedAt': recordedAt,
  'tsunagu:recordedBy': recordedBy.role === 'person' ? 'dpv:DataSubject' : (recordedBy.agency ?? recordedBy.role),
  'dpv:hasWithdrawalMethod': `POST /persons/{id}/withdrawals {"grantIds":["${granted.grantId}"]}, or ask any agency`,
  ...(withdrawnAt === undefined ? {} : { 'tsunagu:withdrawnAt': withdrawnAt }),
});

function statusOf(granted: ConsentGranted, withdrawnAt: string | undefined): string {
  if (withdrawnAt !== undefined) return 'dpv:ConsentWithdrawn';
  return granted.effect === 'permit' ? 'dpv:ConsentGiven' : 'dpv:ConsentRefused';
}

const representativeOf = ({ givenBy }: ConsentGranted, name: string | undefined): object =>
  givenBy.kind === 'person'
    ? {}
    : {
        '@type': 'dpv:Representative',
        'tsunagu:relationship': givenBy.relationship,
        'tsunagu:validUntil': givenBy.validUntil,
        ...(name === undefined ? {} : { 'dpv:hasName': name }),
      };
