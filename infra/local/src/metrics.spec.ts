import { randomUUID } from 'node:crypto';
import { consent } from '@tsunagu/consent';
import { followUp } from '@tsunagu/follow-up';
import { intake } from '@tsunagu/intake';
import { journey } from '@tsunagu/journey';
import { Telemetry } from '@tsunagu/platform';
import {
  type Answer,
  type Caller,
  eventually,
  type RecordedTelemetry,
  recordTelemetry,
  startServices,
  type TestServices,
} from '@tsunagu/testing';
import { Client } from 'pg';

/** The names and labels are an interface: dashboards and alerts (infra/telemetry) ask for exactly these. */
let telemetry: RecordedTelemetry;
let services: TestServices;

const post = async (service: 'intake' | 'consent' | 'follow-up', path: string, as: Caller, body: object) => {
  const answer: Answer = await services.call(service, path, { as, body });
  return answer;
};

const planned = { goals: ['週に一度は外へ出る'] };
const inDays = (days: number): string =>
  new Date(services.clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10);

beforeAll(async () => {
  telemetry = recordTelemetry();
  services = await startServices([intake, consent, followUp, journey]);
  const talk = { channel: 'phone', language: 'ja', message: '話し相手がほしい' };
  const headers = { 'idempotency-key': 'once' };
  const { body } = await services.call('intake', '/consultations', { as: 'aoi', body: talk, headers });
  await services.call('intake', '/consultations', { as: 'aoi', body: talk, headers });
  const { id, personId } = body;
  await post('intake', `/consultations/${id}/closing`, 'aoi', {});
  await post('intake', `/consultations/${id}/closing`, 'aoi', {});
  const nextContact = { on: inDays(3), mode: 'phone' };
  await post('follow-up', '/plans', 'aoi', { personId, ...planned, nextContact });
  await post('consent', '/authorisations', { service: 'referral' }, asked(personId));
  await services.settle();
}, 60_000);
afterAll(async () => {
  await services.close();
  await telemetry.close();
});

const asked = (personId: string) => ({
  personId,
  recipient: { agency: 'hidamari-npo', user: 'yui', role: 'caseworker' },
  purpose: 'referral',
  categories: ['needs'],
  action: 'disclose',
  legalBasis: 'consent',
  subject: 'referral',
  subjectId: randomUUID(),
});

type Labels = Readonly<Record<string, unknown>>;

/** What the metric says for these labels. @throws when it says nothing of them, or has another unit */
async function said(name: string, unit: string, labels: Labels): Promise<number> {
  const all = (await telemetry.metrics()).filter((one) => one.name === name);
  const one = all.find(({ attributes }) => Object.entries(labels).every(([label, is]) => attributes[label] === is));
  if (!one) throw new Error(`${name} says nothing of ${JSON.stringify(labels)}: ${JSON.stringify(all)}`);
  expect(one.unit).toBe(unit);
  return typeof one.value === 'number' ? one.value : one.value.count;
}

const of = (service: string, more: Labels = {}): Labels => ({ 'tsunagu.service': service, ...more });

describe('measured as they happen', () => {
  const opening = of('intake', { 'tsunagu.command': 'Consultation.OpenConsultation' });
  const closing = of('intake', { 'tsunagu.command': 'Consultation.CloseConsultation' });

  it.each([
    ['accepted', { ...opening, outcome: 'accepted', code: 'none' }],
    ['repeated', { ...opening, outcome: 'repeated', code: 'none' }],
    ['accepted', { ...closing, outcome: 'accepted', code: 'none' }],
    ['rejected, with its code', { ...closing, outcome: 'rejected', code: 'consultation-closed' }],
  ])('commands: %s', async (_, labels) => expect(await said('tsunagu.command.duration', 's', labels)).toBe(1));

  it('requests, by route and status', async () => {
    const labels = of('intake', { 'http.route': '/consultations/:id/closing', 'http.response.status_code': 409 });
    expect(await said('http.server.request.duration', 's', labels)).toBe(1);
  });

  it('decisions, by outcome', async () =>
    expect(await said('tsunagu.decision.duration', 's', { outcome: 'refused' })).toBe(1));

  it('batches of projections', async () =>
    expect(await said('tsunagu.projection.batch.duration', 's', { read_model: 'plans' })).toBeGreaterThan(0));

  it('appends that met a stream which had moved on', async () => {
    const talk = { channel: 'phone', language: 'ja', message: '話し相手がほしい' };
    const { body } = await post('intake', '/consultations', 'aoi', talk);
    const one = () => post('intake', `/consultations/${body.id}/messages`, 'aoi', { message: '聞いています' });
    await eventually(async () => {
      await Promise.all([one(), one(), one(), one(), one(), one()]);
      expect(await said('tsunagu.append.conflicts', '', of('intake'))).toBeGreaterThan(0);
    });
  });
});

describe('read when metrics are sent', () => {
  it('what lags behind the log and the bus: nothing, once settled', async () => {
    await services.settle();
    expect(await said('tsunagu.subscription.lag', '{event}', of('follow-up', { read_model: 'plans' }))).toBe(0);
    expect(await said('tsunagu.consumer.lag', '{event}', of('intake', { group: 'intake-involvement' }))).toBe(0);
    expect(await said('tsunagu.outbox.age', 's', of('intake'))).toBe(0);
    expect(await said('tsunagu.dead_letters', '{event}', of('intake', { group: 'intake-involvement' }))).toBe(0);
    expect(await said('tsunagu.ready', '', of('journey'))).toBe(1);
  });

  it.each([
    ['because the bus takes none', 'LOCK TABLE bus.messages IN SHARE MODE'],
    ['because a transaction in the same server stays open', 'SELECT pg_current_xact_id()'],
  ])('how old the oldest event is that is not yet on the bus, %s', async (_, obstacle) => {
    const database = new Client({ connectionString: services.databases.bus });
    await database.connect();
    try {
      await database.query(`BEGIN; ${obstacle}`);
      const talk = { channel: 'phone', language: 'ja', message: 'もしもし' };
      await post('intake', '/consultations', 'aoi', talk);
      await eventually(async () => expect(await said('tsunagu.outbox.age', 's', of('intake'))).toBeGreaterThan(0.2));
    } finally {
      await database.end();
    }
    await services.settle();
    expect(await said('tsunagu.outbox.age', 's', of('intake'))).toBe(0);
  });

  it('each by itself: one that is never answered keeps no other from being sent', async () => {
    const silent = new Promise<never>(() => undefined);
    const end = new Telemetry('spec').gauge('tsunagu.silent', 'for the spec', '', () => silent);
    expect(await said('tsunagu.outbox.age', 's', of('intake'))).toBe(0);
    end();
  });

  it('contacts that are overdue', async () => {
    expect(await said('tsunagu.contacts.overdue', '{contact}', of('follow-up'))).toBe(0);
    services.clock.advance(5 * 86_400_000);
    expect(await said('tsunagu.contacts.overdue', '{contact}', of('follow-up'))).toBe(1);
  });
});
