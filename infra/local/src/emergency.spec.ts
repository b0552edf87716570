import { randomUUID } from 'node:crypto';
import { consent } from '@tsunagu/consent';
import { followUp } from '@tsunagu/follow-up';
import { intake } from '@tsunagu/intake';
import { journey } from '@tsunagu/journey';
import { type Answer, type Call, type Caller, startServices, type TestServices } from '@tsunagu/testing';

const HOUR_MS = 3_600_000;
const PHONE = '087-000-0000';

let services: TestServices;

beforeAll(async () => (services = await startServices([intake, consent, followUp, journey])));
afterAll(() => services.close());

type Service = 'intake' | 'consent' | 'follow-up' | 'journey';
const call = (service: Service, path: string, request: Call): Promise<Answer> => services.call(service, path, request);
const done = (answer: Answer): Answer => {
  if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
};

/** Somebody of the city desk, of whom the clinic knows nothing. */
async function arrive(): Promise<string> {
  const talk = { channel: 'phone', language: 'ja', message: 'もう薬がない' };
  const { id, personId } = done(await call('intake', '/consultations', { as: 'aoi', body: talk })).body;
  const identity = { name: '見本 花子', phone: PHONE };
  done(await call('intake', `/persons/${personId}/identity`, { as: 'aoi', body: identity }));
  const need = { need: 'isolation', urgency: 'soon' };
  done(await call('intake', `/consultations/${id}/needs`, { as: 'aoi', body: need }));
  const on = new Date(services.clock.now().getTime() + 7 * 24 * HOUR_MS).toISOString().slice(0, 10);
  const plan = { personId, goals: ['週に一度は外へ出る'], nextContact: { on, mode: 'phone' } };
  done(await call('follow-up', '/plans', { as: 'aoi', body: plan }));
  await services.settle();
  return personId;
}

async function breakGlass(personId: string, categories: readonly string[], more: object = {}): Promise<string> {
  const description = '隣の人から、三日前から姿が見えないと連絡があった。';
  const body = { harm: 'grave-illness', description, categories, hours: 2, supervisor: 'itsuki', ...more };
  const answer = await call('consent', `/persons/${personId}/emergency-accesses`, { as: 'nagi', body });
  return done(answer).body.accessId;
}

const read = (personId: string, category: string, as: Caller = 'nagi') =>
  call(category === 'plan' ? 'follow-up' : 'intake', `/persons/${personId}/emergency-readings/${category}`, { as });

async function looks(personId: string, as: Caller): Promise<readonly object[]> {
  await services.settle();
  const { accesses } = done(await call('journey', `/persons/${personId}/access-log`, { as })).body;
  return accesses.filter(
    ({ kind, subject }: { kind: string; subject: string }) => kind === 'view' && subject === 'emergency-reading',
  );
}

const refused = { status: 403, body: { code: 'no-emergency-access' } };

describe('emergency access shows', () => {
  it('what it was opened for, to the worker who opened it, and nothing else', async () => {
    const personId = await arrive();
    expect(await read(personId, 'contact-details')).toMatchObject(refused);
    await breakGlass(personId, ['contact-details', 'plan']);
    expect(done(await read(personId, 'contact-details')).body).toMatchObject({
      category: 'contact-details',
      obligations: ['read-only', 'no-onward-disclosure', 'review-within-72-hours'],
      fields: { 'contact-details': { phone: PHONE } },
    });
    expect(done(await read(personId, 'plan')).body.plans).toMatchObject([
      { agency: 'tsumugi-city-desk', owner: 'aoi', goals: ['週に一度は外へ出る'] },
    ]);
    for (const other of ['identity', 'consultation-content', 'needs', 'screening'])
      expect(await read(personId, other)).toMatchObject(refused);
    expect(await read(personId, 'contact-details', 'itsuki')).toMatchObject(refused);
    expect((await call('intake', `/persons/${personId}`, { as: 'nagi' })).status).toBe(404);
  });

  it.each(['identity', 'consultation-content', 'screening', 'needs'])(
    '%s, when it was opened for that',
    async (category) => {
      const personId = await arrive();
      await breakGlass(personId, [category]);
      expect(Object.keys(done(await read(personId, category)).body.fields)).toEqual([category]);
    },
  );

  it('nothing that it could not be opened for', async () =>
    expect((await read(await arrive(), 'everything')).status).toBe(404));

  it('the same refusal whether there is such a person or not', async () => {
    const [there, absent] = await Promise.all([read(await arrive(), 'needs'), read(randomUUID(), 'needs')]);
    expect(there.body).toEqual(absent.body);
  });
});

describe('emergency access ends', () => {
  it('with its hours', async () => {
    const personId = await arrive();
    await breakGlass(personId, ['needs']);
    services.clock.advance(1.9 * HOUR_MS);
    done(await read(personId, 'needs'));
    services.clock.advance(0.1 * HOUR_MS);
    expect(await read(personId, 'needs')).toMatchObject(refused);
  });

  it('when its reviewer finds it unjustified', async () => {
    const personId = await arrive();
    const accessId = await breakGlass(personId, ['needs']);
    const path = `/persons/${personId}/emergency-accesses/${accessId}/review`;
    done(await call('consent', path, { as: 'itsuki', body: { justified: false } }));
    expect(await read(personId, 'needs')).toMatchObject(refused);
  });

  it('before it began, where the person has refused this expressly', async () => {
    const personId = await arrive();
    await breakGlass(personId, ['needs']);
    const denial = { effect: 'deny', purposes: ['support'], categories: ['needs'], actions: ['read'], form: 'digital' };
    const body = { ...denial, recipients: [{ agency: 'aoba-clinic' }] };
    done(await call('consent', `/persons/${personId}/grants`, { as: { person: personId }, body }));
    expect(await read(personId, 'needs')).toMatchObject(refused);
  });

  it('with the person’s erasure', async () => {
    const personId = await arrive();
    await breakGlass(personId, ['contact-details', 'plan']);
    done(await call('intake', `/persons/${personId}/erasure`, { as: { person: personId }, method: 'POST' }));
    await services.settle();
    expect(await read(personId, 'contact-details')).toMatchObject(refused);
    expect(await read(personId, 'plan')).toMatchObject(refused);
  });
});

describe('every look under emergency access', () => {
  it('is on the person’s access log, the refused ones too, and covered by its authorisation', async () => {
    const personId = await arrive();
    await read(personId, 'needs');
    await breakGlass(personId, ['contact-details', 'plan']);
    done(await read(personId, 'contact-details'));
    done(await read(personId, 'plan'));
    const about = { user: 'nagi', agency: 'aoba-clinic', basis: 'emergency' };
    const seen = await looks(personId, { person: personId });
    expect(seen).toHaveLength(3);
    expect(seen).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...about, categories: ['needs'], outcome: 'refused' }),
        expect.objectContaining({ ...about, categories: ['contact-details'], outcome: 'shown' }),
        expect.objectContaining({ ...about, categories: ['plan'], outcome: 'shown' }),
      ]),
    );
    const { uncovered } = done(await call('journey', '/handoffs/uncovered', { as: 'shiori' })).body;
    expect(uncovered).toEqual([]);
  });

  it('is kept from the person alone, when telling would be dangerous', async () => {
    const personId = await arrive();
    await breakGlass(personId, ['contact-details'], { harm: 'violence', unsafeToTell: true });
    done(await read(personId, 'contact-details'));
    expect(await looks(personId, { person: personId })).toEqual([]);
    expect(await looks(personId, 'shiori')).toMatchObject([{ user: 'nagi', outcome: 'shown' }]);
  });

  it('needs consent to answer: without it nothing is shown', async () => {
    const alone = await startServices([intake]);
    const answer = await alone.call('intake', `/persons/${randomUUID()}/emergency-readings/needs`, { as: 'nagi' });
    await alone.close();
    expect(answer).toMatchObject({ status: 503, body: { code: 'consent-unavailable' } });
  });
});
