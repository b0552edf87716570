import { randomUUID } from 'node:crypto';
import { type CloudEvent, consentEvents, labelOf, nobody, referralEvents } from '@tsunagu/contracts';
import type { EventBus } from '@tsunagu/event-bus';
import { EVENT_BUS } from '@tsunagu/platform';
import { type Caller, startServices, type TestServices } from '@tsunagu/testing';
import { decidedFor, handoffOf, instant, type Story, told } from './ledger.fixtures';
import { journey } from './service';

let services: TestServices;
beforeAll(async () => {
  services = await startServices([journey]);
});
afterAll(() => services.close());

const get = (path: string, as?: Caller) => services.call('journey', path, as === undefined ? {} : { as });
const newStory = (): Story => ({
  personId: randomUUID(),
  referralId: randomUUID(),
  grantId: randomUUID(),
  authorisationId: randomUUID(),
});

async function hear(events: readonly CloudEvent[]): Promise<void> {
  const bus = services.running.get('journey')?.app.get<EventBus>(EVENT_BUS);
  await bus?.publish(events.map((event) => ({ topic: `tsunagu.${event.type.split('.')[1]}.events`, event })));
  await services.settle();
}

async function heardStory(): Promise<Story> {
  const story = newStory();
  await hear(handoffOf(story, randomUUID));
  return story;
}

describe('the timeline', () => {
  it('shows the person everything, in order and in words', async () => {
    const { personId } = await heardStory();
    const { status, body } = await get(`/persons/${personId}/timeline`, { person: personId });
    expect(status).toBe(200);
    expect(body.facts).toHaveLength(10);
    expect(body.facts.map((fact: { occurredAt: string }) => fact.occurredAt)).toEqual(
      [...body.facts.map((fact: { occurredAt: string }) => fact.occurredAt)].sort(),
    );
    expect(body.facts[0]).toMatchObject({ label: { en: 'Gave their name', ja: '名前を伝えた' } });
    for (const fact of body.facts) expect(fact.label).toEqual(labelOf(fact.type));
  });

  it('shows an agency what it was party to, and to others that there is nothing', async () => {
    const { personId } = await heardStory();
    const path = `/persons/${personId}/timeline`;
    expect((await get(path, 'aoi')).body.facts).toHaveLength(10);
    expect((await get(path, 'yui')).body.facts).toHaveLength(8);
    const absent = await get(`/persons/${randomUUID()}/timeline`, 'aoi');
    for (const as of ['nagi', 'akira', 'minato', { person: randomUUID() }] as const) {
      const { status, body } = await get(path, as);
      expect({ status, body }).toEqual({ status: 404, body: absent.body });
    }
    expect((await get('/persons/nobody/timeline', 'aoi')).status).toBe(404);
    expect((await get(path)).status).toBe(401);
  });

  it('comes in pages that neither skip nor repeat', async () => {
    const { personId } = await heardStory();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? 'limit=3' : `limit=3&cursor=${cursor}`;
      const { body } = await get(`/persons/${personId}/timeline?${query}`, 'shiori');
      seen.push(...body.facts.map((fact: { eventId: string }) => fact.eventId));
      cursor = body.next;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(10);
    expect(new Set(seen).size).toBe(10);
    expect((await get(`/persons/${personId}/timeline?cursor=bm9uc2Vuc2U`, 'shiori')).status).toBe(400);
  });

  it('is the same when events come doubled and backwards', async () => {
    const story = newStory();
    const events = handoffOf(story, randomUUID);
    await hear([...events].reverse());
    await hear(events);
    const { body } = await get(`/persons/${story.personId}/timeline`, 'shiori');
    expect(body.facts).toHaveLength(10);
    const { handoffs } = (await get(`/handoffs?person=${story.personId}`, 'shiori')).body;
    expect(handoffs).toMatchObject([{ status: 'cancelled', disposition: 'sealed', grantIds: [story.grantId] }]);
  });
});

describe('the access log', () => {
  it('tells the person who looked, the timeline itself included', async () => {
    const { personId } = await heardStory();
    await get(`/persons/${personId}/timeline`, 'aoi');
    await services.settle();
    const { body } = await get(`/persons/${personId}/access-log`, { person: personId });
    expect(body.accesses).toMatchObject([
      { user: 'aoi', subject: 'timeline', basis: 'own-agency', outcome: 'shown' },
      { user: 'yui', subject: 'referral-disclosure', basis: 'consent', outcome: 'shown' },
    ]);
    expect((await get(`/persons/${personId}/access-log`, 'aoi')).status).toBe(404);
  });

  it('keeps an emergency access that is not safe to tell, and what rests on it, from the person alone', async () => {
    const story = newStory();
    const { personId, authorisationId } = story;
    const accessId = randomUUID();
    const about = { personId, parties: ['aoba-clinic'] };
    const nagi = { user: 'nagi', agency: 'aoba-clinic', role: 'caseworker' };
    const at = (seconds: number, revision: number) => ({ at: seconds, revision, id: randomUUID(), actor: nagi });
    const opening = {
      ...{
        ...about,
        accessId,
        agencyId: 'aoba-clinic',
        userId: 'nagi',
        supervisor: 'itsuki',
        harm: 'violence' as const,
      },
      ...{ categories: ['needs' as const], until: instant(7_200), reviewBy: instant(99_999), unsafeToTell: true },
    };
    const decision = {
      ...{ ...about, ...decidedFor(story), grantIds: [], restsOn: accessId, recipientAgency: 'aoba-clinic' },
      ...{ action: 'read' as const, legalBasis: 'emergency' as const, code: 'permitted-in-emergency' as const },
    };
    const look = {
      ...{ ...about, subject: 'consultation', subjectId: randomUUID(), categories: ['needs' as const] },
      ...{ action: 'read' as const, basis: 'emergency' as const, authorisationId, outcome: 'shown' as const },
    };
    await hear([
      told(consentEvents.EmergencyAccessOpened, opening, at(0, 0)),
      told(consentEvents.DisclosureAuthorised, decision, at(1, 1)),
      told(consentEvents.RecordViewed, look, at(2, 0)),
    ]);
    expect((await get(`/persons/${personId}/access-log`, { person: personId })).body.accesses).toEqual([]);
    expect((await get(`/persons/${personId}/timeline`, { person: personId })).body.facts).toEqual([]);
    const { accesses } = (await get(`/persons/${personId}/access-log`, 'shiori')).body;
    expect(accesses.filter(({ basis }: { basis: string }) => basis === 'emergency')).toHaveLength(3);
    expect((await get(`/persons/${personId}/timeline`, 'nagi')).body.facts).toHaveLength(2);
  });
});

describe("an auditor's search", () => {
  it('finds handoffs, consents and accesses by agency, time, person, purpose and outcome', async () => {
    const { personId, referralId, grantId } = await heardStory();
    const found = async (path: string, what: string) => (await get(`${path}&person=${personId}`, 'shiori')).body[what];
    expect(await found('/handoffs?agency=hidamari-npo&purpose=referral&outcome=cancelled', 'handoffs')).toMatchObject([
      { referralId, records: { article29: { recipient: 'hidamari-npo' } } },
    ]);
    expect(await found('/handoffs?agency=aoba-clinic', 'handoffs')).toEqual([]);
    expect(await found(`/handoffs?from=${instant(22)}`, 'handoffs')).toEqual([]);
    expect(await found(`/handoffs?to=${instant(22)}`, 'handoffs')).toHaveLength(1);
    expect(await found('/consents?purpose=referral&outcome=withdrawn&agency=hidamari-npo', 'consents')).toMatchObject([
      { grantId, outcome: 'withdrawn' },
    ]);
    expect(await found('/consents?outcome=permit', 'consents')).toEqual([]);
    expect(await found('/accesses?agency=hidamari-npo&outcome=shown&purpose=referral', 'accesses')).toHaveLength(1);
    expect((await get('/handoffs?purpose=gossip', 'shiori')).status).toBe(400);
    for (const as of ['aoi', 'minato', { person: personId }] as const) {
      for (const path of ['/handoffs', '/consents', '/accesses', '/handoffs/uncovered']) {
        expect((await get(path, as)).status).toBe(404);
      }
    }
  });

  it('is itself on record: of a person where it names one, of nobody otherwise', async () => {
    const { personId } = await heardStory();
    await get(`/accesses?person=${personId}`, 'shiori');
    await get('/consents', 'shiori');
    await services.settle();
    const { accesses } = (await get(`/persons/${personId}/access-log`, { person: personId })).body;
    expect(accesses[0]).toMatchObject({ user: 'shiori', subject: 'search', subjectId: 'accesses', basis: 'audit' });
    const searches = (await get(`/accesses?person=${nobody}`, 'shiori')).body.accesses;
    expect(searches[0]).toMatchObject({ subject: 'search', subjectId: 'consents' });
  });
});

describe('every disclosure is covered by an authorisation in force', () => {
  const reasonsFor = async (personId: string): Promise<string[]> =>
    (await get('/handoffs/uncovered', 'shiori')).body.uncovered
      .filter((one: { personId: string }) => one.personId === personId)
      .map((one: { reason: string }) => one.reason);

  /** The story with one event left out, or told differently. */
  async function reasonsWhen(retell: (event: CloudEvent, story: Story) => CloudEvent | undefined): Promise<string[]> {
    const story = newStory();
    await hear(handoffOf(story, randomUUID).flatMap((event) => retell(event, story) ?? []));
    return reasonsFor(story.personId);
  }
  const retold =
    (contract: { readonly type: string }, difference: object, envelope: Partial<CloudEvent> = {}) =>
    (event: CloudEvent): CloudEvent =>
      event.type === contract.type ? { ...event, ...envelope, data: { ...Object(event.data), ...difference } } : event;

  it('when all is as it should be', async () => {
    expect(await reasonsFor((await heardStory()).personId)).toEqual([]);
  });

  it.each<[string, (event: CloudEvent, story: Story) => CloudEvent | undefined]>([
    ['authorisation-unknown', (event) => (event.type === consentEvents.DisclosureAuthorised.type ? undefined : event)],
    ['names-no-authorisation', retold(referralEvents.RecordViewed, { authorisationId: undefined })],
    [
      'authorised-for-another-recipient',
      retold(consentEvents.DisclosureAuthorised, { recipientAgency: 'aoba-clinic' }),
    ],
    ['more-than-authorised', retold(referralEvents.RecordViewed, { categories: ['needs', 'health'] })],
    ['disclosed-before-authorised', retold(referralEvents.RecordViewed, {}, { time: instant(1) })],
    ['authorisation-had-ended', retold(consentEvents.DisclosureAuthorised, { until: instant(21) })],
    ['rests-on-nothing', retold(consentEvents.DisclosureAuthorised, { grantIds: [] })],
    ['grant-unknown', (event) => (event.type === consentEvents.ConsentGranted.type ? undefined : event)],
    ['grant-does-not-permit', retold(consentEvents.ConsentGranted, { effect: 'deny' })],
    ['grant-does-not-permit', retold(consentEvents.ConsentGranted, { until: instant(20) })],
    ['grant-was-withdrawn', retold(referralEvents.RecordViewed, {}, { time: instant(506) })],
    ['grant-was-withdrawn', retold(consentEvents.ConsentWithdrawn, {}, { revision: 0 })],
  ])('or it is told: %s', async (reason, retell) => expect(await reasonsWhen(retell)).toContain(reason));
});
