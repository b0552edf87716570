import { randomUUID } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
import {
  type CloudEvent,
  type ContractEvent,
  followUpEvents,
  intakeEvents,
  intakeFacts,
  referralEvents,
} from '@tsunagu/contracts';
import type { EventBus } from '@tsunagu/event-bus';
import type { EventStore } from '@tsunagu/event-sourcing';
import { contextFromClock, EVENT_BUS, EVENT_STORE, SEALER } from '@tsunagu/platform';
import { compareRebuilt } from '@tsunagu/read-models';
import type { Sealer } from '@tsunagu/sealing';
import { type Call, eventually, startServices, type TestServices } from '@tsunagu/testing';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { consultationRows } from './consultation-rows/consultation-rows.evolve';
import { RecallClock } from './erasure/erasure';
import { HandlePerson } from './person/person.handler';
import { intake } from './service';

const CANARY = 'canary-9b1e-カナリア';
const NAME = `髙橋 ${CANARY}`;
const published: CloudEvent[] = [];
let services: TestServices;
let bus: EventBus;

const at = (path: string, options: Call = {}) => services.call('intake', path, options);
const of = <T>(token: symbol | typeof DataSource): T => {
  const app = services.running.get('intake')?.app;
  if (!app) throw new Error('intake does not run');
  return app.get(token, { strict: false });
};

beforeAll(async () => {
  services = await startServices([intake]);
  bus = of(EVENT_BUS);
  const topics = [intakeEvents.ConsultationOpened.topic, intakeFacts.NeedCounted.topic];
  await bus.consume({ group: 'spec', topics, handle: async (event) => void published.push(event) });
}, 60_000);
afterAll(() => services.close());

const told = (contract: ContractEvent, key: string, data: object): Promise<void> => {
  const id = randomUUID();
  const now = new Date().toISOString();
  const origin = { specversion: '1.0', source: '/tsunagu/spec', datacontenttype: 'application/json' } as const;
  const trace = { correlationid: id, causationid: id, actoruser: 'spec', actorrole: 'service', revision: 0 };
  const event = {
    ...origin,
    ...trace,
    id,
    type: contract.type,
    subject: key,
    partitionkey: key,
    time: now,
    occurredat: now,
    data,
  };
  return bus.publish([{ topic: contract.topic, event }]);
};

async function story() {
  const asked = { channel: 'sns', language: 'ja', message: `相談 ${CANARY}`, area: '高松市' };
  const { body } = await at('/consultations', { body: asked });
  const { id, personId, claimCode } = body as { id: string; personId: string; claimCode: string };
  await at(`/consultations/${id}/take`, { as: 'aoi', method: 'POST' });
  await at(`/consultations/${id}/messages`, { as: 'aoi', body: { message: `返事 ${CANARY}` } });
  await at(`/consultations/${id}/needs`, { as: 'aoi', body: { need: 'debt', urgency: 'urgent', note: CANARY } });
  const answers = { lonely: 'often-or-always' };
  await at(`/consultations/${id}/screenings`, { as: 'aoi', body: { instrument: 'direct-loneliness-ja', answers } });
  await at(`/persons/${personId}/identity`, {
    as: 'aoi',
    body: { name: NAME, kana: 'たかはし', birthDate: '1990-05-05', address: CANARY },
  });
  await at(`/consultations/${id}/closing`, { as: 'aoi', body: { note: CANARY } });
  return { id, personId, claimCode };
}

const typesOf = (subject: string): readonly string[] =>
  published
    .filter((event) => event.subject === subject && !event.type.includes('record-viewed'))
    .map(({ type }) => type);

describe('what happens in intake is told to the others, and nothing that was said', () => {
  it('events in their order, each as its contract says; facts that lead to nobody', async () => {
    const { id, personId } = await story();
    await services.settle();
    const { ConsultationOpened, ConsultationContinued, ConsultationTaken, ConsultationAnswered } = intakeEvents;
    const { NeedRecorded, ScreeningRecorded, ConsultationClosed, PersonIdentified } = intakeEvents;
    const order = [
      ConsultationOpened,
      ConsultationContinued,
      ConsultationTaken,
      ConsultationAnswered,
      NeedRecorded,
      ScreeningRecorded,
    ];
    await eventually(() =>
      expect(typesOf(id)).toEqual([...order, ConsultationAnswered, ConsultationClosed].map(({ type }) => type)),
    );
    await eventually(() => expect(typesOf(personId)).toEqual([PersonIdentified.type]));
    const contracts = [...Object.values(intakeEvents), ...Object.values(intakeFacts)];
    for (const event of published) {
      const contract = contracts.find(({ type }) => type === event.type);
      expect(contract?.schema.safeParse(event.data).error).toBeUndefined();
    }
    const facts = published.filter(
      ({ type }) => type === intakeFacts.NeedCounted.type || type === intakeFacts.ConsultationCounted.type,
    );
    const month = expect.stringMatching(/^\d{4}-\d{2}$/) as string;
    expect(facts.map(({ data }) => data)).toEqual([
      { month, channel: 'sns', ageBand: 'unknown', area: '高松市', sector: 'unrouted' },
      { month, need: 'debt', area: '高松市', urgency: 'urgent' },
    ]);
    for (const text of [id, personId, 'aoi']) expect(JSON.stringify(facts)).not.toContain(text);
  });

  it('no plain text in any database or on the bus', async () => {
    const { claimCode } = await story();
    await services.settle();
    const secret = claimCode.replaceAll('-', '').slice(10);
    for (const url of Object.values(services.databases)) {
      for (const text of [CANARY, secret, 'often-or-always', '1990-05-05'])
        expect(await rowsWith(url, text)).toEqual([]);
    }
    expect(JSON.stringify(published)).not.toContain(CANARY);
  });

  it('the list rebuilt from the log is the list', async () => {
    await story();
    await services.settle();
    const source = { store: of<EventStore>(EVENT_STORE), dataSource: of<DataSource>(DataSource) };
    expect(await compareRebuilt(source, consultationRows)).toEqual([]);
    expect(await source.dataSource.query('SELECT count(*)::int AS n FROM consultation_rows')).not.toEqual([{ n: 0 }]);
  });
});

describe('what happens elsewhere changes who is involved', () => {
  const consent = { service: 'consent' } as const;
  const involvement = async (personId: string, agency: string): Promise<number> =>
    (await at(`/persons/${personId}/agencies/${agency}`, { as: consent })).status;

  it('an accepted referral and a transferred plan, however often they are told', async () => {
    const { personId } = await story();
    const about = { personId, parties: ['tsumugi-city-desk'], referralId: randomUUID(), threadId: randomUUID() };
    const accepted = { ...about, fromAgency: 'tsumugi-city-desk', toAgency: 'hidamari-npo' };
    const plan = {
      personId,
      parties: [],
      planId: randomUUID(),
      agencyId: 'hidamari-npo',
      toAgency: 'aoba-clinic',
      owner: 'nagi',
    };
    expect(await involvement(personId, 'hidamari-npo')).toBe(404);
    await told(referralEvents.ReferralAccepted, personId, accepted);
    await told(referralEvents.ReferralAccepted, personId, accepted);
    await told(followUpEvents.PlanTransferred, personId, plan);
    await eventually(async () => expect(await involvement(personId, 'hidamari-npo')).toBe(204));
    await eventually(async () => expect(await involvement(personId, 'aoba-clinic')).toBe(204));

    const seen = await at(`/persons/${personId}`, { as: 'yui' });
    expect(seen).toMatchObject({ status: 200, body: { identity: null, consultations: [] } });
  });

  it('a referral about nobody we know harms nothing', async () => {
    const personId = randomUUID();
    const about = { personId, parties: [], referralId: randomUUID(), threadId: randomUUID() };
    await told(referralEvents.ReferralAccepted, personId, { ...about, fromAgency: 'aa', toAgency: 'hidamari-npo' });
    await services.settle();
    expect(await bus.deadLetters()).toEqual([]);
    expect(await involvement(personId, 'hidamari-npo')).toBe(404);
  });

  it('once the directory names agencies, nobody is sent to one that is not there', async () => {
    const listed = { organisationId: randomUUID(), name: 'ひだまり', sector: 'npo', managedBy: 'hidamari-npo' };
    await told(referralEvents.OrganisationListed, listed.organisationId, listed);
    await services.settle();
    const asked = { channel: 'web', language: 'ja', message: '相談' };
    const lost = await at('/consultations', { body: { ...asked, agencyId: 'hidamari-np' } });
    expect(lost).toMatchObject({ status: 409, body: { code: 'agency-unknown', field: 'agencyId' } });
    const found = await at('/consultations', { body: { ...asked, agencyId: 'hidamari-npo' } });
    expect(found.status).toBe(201);
    await services.settle();
    await eventually(() =>
      expect(
        published.some(
          ({ type, data }) => type === intakeFacts.ConsultationCounted.type && JSON.stringify(data).includes('"npo"'),
        ),
      ).toBe(true),
    );
  });
});

describe('an erasure that a process began and did not live to end', () => {
  it('is ended by the next', async () => {
    const { id, personId } = await story();
    const app = services.running.get('intake')?.app;
    const now = new Date();
    const begun = { type: 'RequestErasure', erasureId: randomUUID(), now: now.toISOString() } as const;
    await app
      ?.get(CommandBus, { strict: false })
      .execute(new HandlePerson(personId, begun, contextFromClock('intake', now, personId)));
    await eventually(async () => {
      const { body } = await at(`/consultations/${id}`, { as: 'aoi' });
      expect(body).toMatchObject({ status: 'erased', needs: [{ need: 'debt', note: null }] });
    });
    await eventually(() => expect(typesOf(personId)).toContain(intakeEvents.PersonErased.type));
    await services.settle();
    const keys = await of<DataSource>(DataSource).query('SELECT FROM duplicate_key_rows WHERE "personId" = $1', [
      personId,
    ]);
    expect(keys).toEqual([]);
  });
});

describe('an erasure that the keys know of and a restored log does not', () => {
  it('is recorded again, and ends what still went on', async () => {
    const { id, personId } = await story();
    await of<Sealer>(SEALER).erasePerson(personId);
    const recalled = services.running.get('intake')?.app.get(RecallClock, { strict: false });
    await recalled?.run(new Date());
    await recalled?.run(new Date());
    await eventually(() => {
      const erased = typesOf(personId).filter((type) => type === intakeEvents.PersonErased.type);
      expect(erased).toHaveLength(1);
    });
    await eventually(async () => {
      const { body } = await at(`/consultations/${id}`, { as: 'aoi' });
      expect(body).toMatchObject({ status: 'erased' });
    });
  });

  it('is nothing to a log that does not know the person', async () => {
    await of<Sealer>(SEALER).erasePerson(randomUUID());
    await services.running.get('intake')?.app.get(RecallClock, { strict: false }).run(new Date());
  });
});

/** Tables of the database in which any row, as text, holds this. */
async function rowsWith(url: string, text: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const found: string[] = [];
    for (const { name } of rows) {
      const hit = await client.query(`SELECT FROM ${name} AS row WHERE strpos(row::text, $1) > 0 LIMIT 1`, [text]);
      if (hit.rows.length > 0) found.push(name);
    }
    return found;
  } finally {
    await client.end();
  }
}
