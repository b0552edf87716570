import { CONFIG, type ServiceConfig } from '@tsunagu/platform';
import {
  type Answer,
  type Caller,
  eventually,
  freshTopics,
  kafkaIsOffered,
  startServices,
  type StartOptions,
  type TestServices,
} from '@tsunagu/testing';
import { Client } from 'pg';
import { services } from '../services';
import type { Installed } from './installed';
import { summaryOf } from './summary';
import { type Findings, isWell, verify } from './verify';

const NPO = 'hidamari-npo';
/** Long enough for what a test itself set going. */
const PATIENCE_MS = 20_000;

let town: TestServices;
let installed: readonly Installed[];

type Name = (typeof services)[number]['name'];

async function post(service: Name, path: string, as: Caller, body: object = {}): Promise<Answer['body']> {
  const answer = await town.call(service, path, { as, method: 'POST', body });
  if (answer.status >= 300) throw new Error(`${path} ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Somebody is referred to the NPO, which reads what it was given; and is followed up. */
async function handoff(): Promise<{ readonly personId: string; readonly planId: string }> {
  const texts = [{ language: 'ja', title: '情報の共有について', body: 'お話の一部をほかの機関に伝えます。' }];
  const { version } = await post('consent', '/notices', 'minato', { noticeId: 'sharing', texts });
  const talk = { channel: 'phone', language: 'ja', message: '話し相手がほしい' };
  const { id, personId } = await post('intake', '/consultations', 'aoi', talk);
  await post('intake', `/consultations/${id}/needs`, 'aoi', { need: 'isolation', urgency: 'soon' });
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const terms = {
    effect: 'permit',
    purposes: ['referral'],
    categories: ['needs'],
    recipients: [{ agency: NPO }],
    until,
  };
  const notice = { id: 'sharing', version, language: 'ja' };
  const given = { ...terms, actions: ['disclose', 'read'], form: 'digital', notice };
  await town.settle();
  await post('consent', `/persons/${personId}/grants`, { person: personId }, given);
  const draft = { personId, need: 'isolation', categories: ['needs'], toAgency: NPO };
  const referral = await post('referral', '/referrals', 'aoi', draft);
  await post('referral', `/referrals/${referral.id}/sending`, 'aoi');
  expect((await town.call('referral', `/referrals/${referral.id}/disclosure`, { as: 'yui' })).status).toBe(200);
  const nextContact = { on: until.slice(0, 10), mode: 'phone' };
  const plan = await post('follow-up', '/plans', 'aoi', { personId, goals: ['g'], nextContact });
  await town.settle();
  return { personId, planId: plan.id };
}

async function starts(options: StartOptions = {}): Promise<void> {
  town = await startServices(services, options);
  installed = services.flatMap((definition) => {
    const config = town.running.get(definition.name)?.app.get<ServiceConfig>(CONFIG);
    return config ? [{ definition, config }] : [];
  });
}

const found = async (): Promise<Readonly<Record<string, Findings>>> =>
  Object.fromEntries((await verify(installed, { waitMs: 0 })).map((one) => [one.service, one]));

async function tamper(database: 'events' | 'reads' | 'bus', sql: string, values: unknown[] = []): Promise<void> {
  const client = new Client({ connectionString: town.databases[database] });
  await client.connect();
  const { rowCount } = await client.query(sql, values);
  await client.end();
  expect(rowCount).toBeGreaterThan(0);
}

function finds(start: () => Promise<StartOptions>): void {
  beforeAll(async () => starts(await start()), 60_000);
  afterAll(() => town.close());

  it('nothing in a town where all is well', async () => {
    await handoff();
    const all = await verify(installed, { waitMs: PATIENCE_MS });
    expect(all.filter((one) => !isWell(one))).toEqual([]);
    const journey = all.find(({ service }) => service === 'journey');
    expect(Object.keys(journey?.differing ?? {})).toEqual(
      expect.arrayContaining(['timeline', 'accesses', 'handoffs', 'consents', 'authorisations', 'disclosures']),
    );
    expect(all.find(({ service }) => service === 'analytics')?.differing).toEqual({ cells: 0 });
    expect(summaryOf(all)).toContain('Everything is as the logs say.');
  });

  it('rows that were changed, from the log or from the bus, and an event that the journey lost', async () => {
    const { personId, planId } = await handoff();
    await tamper('reads', `UPDATE follow_up.plans SET owner = 'mallory' WHERE id = $1`, [planId]);
    await tamper('reads', 'UPDATE analytics.cells SET count = count + 1');
    await tamper('reads', `DELETE FROM journey.timeline WHERE "personId" = $1 AND type LIKE '%plan-opened%'`, [
      personId,
    ]);
    const { 'follow-up': plans, analytics, journey } = await found();
    expect(plans?.differing['plans']).toBe(1);
    expect(plans?.examples['plans']).toEqual([planId]);
    expect(analytics?.differing['cells']).toBeGreaterThan(0);
    expect(journey?.differing['timeline']).toBe(1);
    expect(journey?.untold?.['follow-up']).toBe(1);
    expect(summaryOf([plans, journey].filter((one) => one !== undefined))).toContain(
      'npm run rebuild -- follow-up plans',
    );
  });

  it('a disclosure whose authorisation is not in the log of consent', async () => {
    const { personId } = await handoff();
    await tamper('events', `DELETE FROM consent.events WHERE stream = $1 AND type = 'DisclosureAuthorised'`, [
      `consent-${personId}`,
    ]);
    const { journey, consent } = await found();
    expect(journey?.unauthorised).toBeGreaterThan(0);
    expect(consent?.differing['decisions']).toBeGreaterThan(0);
    await tamper('reads', 'DELETE FROM journey.authorisations WHERE "personId" = $1', [personId]);
    expect((await found())['journey']?.uncovered).toBeGreaterThan(0);
  });
}

describe('verify, on the PostgreSQL bus, finds', () => {
  finds(async () => ({}));

  it('what a consumer gave up on', async () => {
    await tamper('bus', `INSERT INTO bus.messages (topic, partition, event) VALUES ('tsunagu.intake.events', 0, '{}')`);
    await eventually(async () => expect(await found()).toMatchObject({ journey: { deadLetters: 1 } }), PATIENCE_MS);
  });
});

(kafkaIsOffered() ? describe : describe.skip)('verify, on Kafka, finds', () => {
  jest.setTimeout(120_000);
  finds(async () => ({ kafka: await freshTopics() }));
});
