import {
  type CloudEvent,
  consentEvents,
  type ContractEvent,
  type DataOf,
  intakeEvents,
  referralEvents,
} from '@tsunagu/contracts';

/** A handoff of one person's needs from the city desk to the NPO, as the bus tells it. */
export interface Story {
  readonly personId: string;
  readonly referralId: string;
  readonly grantId: string;
  readonly authorisationId: string;
}

export interface Telling {
  /** Seconds after the story's beginning. */
  readonly at: number;
  readonly revision: number;
  readonly id: string;
  readonly actor?: { readonly user: string; readonly agency?: string; readonly role: string };
}

const beginning = Date.parse('2026-11-22T02:00:00.000Z');
export const instant = (seconds: number): string => new Date(beginning + seconds * 1000).toISOString();
const aoi = { user: 'aoi', agency: 'tsumugi-city-desk', role: 'caseworker' };

export function told<Contract extends ContractEvent>(
  contract: Contract,
  data: DataOf<Contract> & { readonly personId: string },
  { at, revision, id, actor = aoi }: Telling,
): CloudEvent {
  return {
    specversion: '1.0',
    id,
    source: `/tsunagu/${contract.service}`,
    type: contract.type,
    subject: data.personId,
    time: instant(at),
    datacontenttype: 'application/json',
    partitionkey: data.personId,
    correlationid: id,
    causationid: id,
    occurredat: instant(at),
    actoruser: actor.user,
    actorrole: actor.role,
    ...(actor.agency === undefined ? {} : { actoragency: actor.agency }),
    revision,
    data: contract.schema.parse(data),
  };
}

const desk = 'tsumugi-city-desk';
const npo = 'hidamari-npo';

/** The whole story in the order in which it happened; `newId` makes the events' ids. */
export function handoffOf(story: Story, newId: () => string): readonly CloudEvent[] {
  const { personId, referralId, grantId, authorisationId } = story;
  const about = { personId, parties: [desk, npo] };
  const referral = { ...about, referralId, threadId: referralId, fromAgency: desk, toAgency: npo };
  const given = { authorisationId, grantIds: [grantId], categories: ['needs' as const] };
  const at = (seconds: number, revision: number): Telling => ({ at: seconds, revision, id: newId() });
  const yui = { user: 'yui', agency: npo, role: 'caseworker' };
  return [
    told(intakeEvents.PersonIdentified, { personId, parties: [desk] }, at(0, 3)),
    told(consentEvents.ConsentGranted, { ...about, grantId, ...terms, ...recorded }, at(10, 0)),
    told(consentEvents.DisclosureAuthorised, { ...about, ...decidedFor(story) }, at(20, 1)),
    told(referralEvents.ReferralDrafted, { ...referral, parties: [desk], categories: ['needs'] }, at(15, 0)),
    told(referralEvents.ReferralSent, { ...referral, ...given, deadline: instant(86_400) }, at(21, 1)),
    told(referralEvents.ReferralAccepted, referral, { ...at(60, 2), actor: yui }),
    told(
      referralEvents.RecordViewed,
      { ...about, ...viewed, subjectId: referralId, authorisationId },
      { ...at(70, 0), actor: yui },
    ),
    told(consentEvents.ConsentWithdrawn, { ...about, grantIds: [grantId] }, at(500, 2)),
    told(
      referralEvents.ReferralCancelled,
      { ...referral, reason: 'consent-withdrawn', reasonOwner: 'person' },
      at(501, 3),
    ),
    told(referralEvents.WithdrawalNotified, { ...referral, agencyId: npo, deadline: instant(9_000) }, at(502, 4)),
    told(referralEvents.WithdrawalAcknowledged, { ...referral, agencyId: npo, disposition: 'sealed' }, at(600, 5)),
  ];
}

const terms: Pick<
  DataOf<typeof consentEvents.ConsentGranted>,
  'effect' | 'purposes' | 'categories' | 'recipients' | 'actions' | 'from' | 'until'
> = {
  effect: 'permit',
  purposes: ['referral'],
  categories: ['needs'],
  recipients: [{ agency: npo }],
  actions: ['disclose'],
  from: instant(0),
  until: instant(31_536_000),
};
const recorded = {
  form: 'written',
  notice: { id: 'sharing', version: 1, language: 'ja' },
  byRepresentative: false,
  mandateUntil: null,
} as const;
const viewed = {
  subject: 'referral-disclosure',
  categories: ['needs'],
  purpose: 'referral',
  action: 'read',
  basis: 'consent',
  outcome: 'shown',
} satisfies Partial<DataOf<typeof consentEvents.RecordViewed>>;

export const decidedFor = ({ referralId, grantId, authorisationId }: Story) =>
  ({
    authorisationId,
    grantIds: [grantId],
    restsOn: null,
    until: terms.until,
    recipientAgency: npo,
    recipientUser: 'yui',
    recipientRole: 'caseworker',
    discloserAgency: desk,
    purpose: 'referral',
    categories: ['needs'],
    action: 'disclose',
    legalBasis: 'consent',
    subject: 'referral',
    subjectId: referralId,
    at: instant(20),
    code: 'permitted',
    policyVersion: '2026-11',
    consentRevision: 0,
  }) satisfies Partial<DataOf<typeof consentEvents.DisclosureAuthorised>>;
