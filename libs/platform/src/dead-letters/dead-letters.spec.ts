import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type CloudEvent, type DeadLetterView, followUpEvents } from '@tsunagu/contracts';
import type { EventBus } from '@tsunagu/event-bus';
import type { EventStore } from '@tsunagu/event-sourcing';
import {
  type Caller,
  eventually,
  freshTopics,
  kafkaIsOffered,
  planRevised,
  type StartOptions,
  startServices,
  type TestServices,
} from '@tsunagu/testing';
import { Client } from 'pg';
import type { WritingConsumer, ServiceDefinition } from '../definition';
import { EVENT_BUS, EVENT_STORE } from '../injection';

const handled: string[] = [];
let broken = true;

@Injectable()
class Reader implements WritingConsumer {
  readonly group = 'journey-reader';
  readonly events = [followUpEvents.PlanRevised];

  async handle(event: CloudEvent): Promise<void> {
    if (broken) throw new RangeError('山田太郎 cannot be handled');
    handled.push(event.id);
  }
}

const reading: ServiceDefinition = {
  name: 'journey',
  title: 'Reading',
  description: 'A service that consumes, small enough for a spec.',
  modules: [],
  consumers: [Reader],
};

const PATIENCE_MS = 30_000;
let services: TestServices;

const ask = (path: string, as: Caller = 'tsukasa', method: 'GET' | 'POST' = 'GET') =>
  services.call('journey', `/dead-letters${path}`, { as, method });
const waiting = async (): Promise<readonly DeadLetterView[]> => (await ask('')).body.deadLetters;
const engine = <T>(token: symbol): T => {
  const service = services.running.get('journey');
  if (!service) throw new Error('journey does not run');
  return service.app.get<T>(token);
};

/** An event that its consumer gives up on. */
async function givenUp(): Promise<{ readonly event: CloudEvent; readonly letter: DeadLetterView }> {
  const { topic, event } = planRevised(randomUUID(), 0);
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  await engine<EventBus>(EVENT_BUS).publish([{ topic, event: { ...event, traceparent } }]);
  const letter = await eventually(async () => {
    const found = (await waiting()).find((one) => one.event.id === event.id);
    if (!found) throw new Error('not yet');
    return found;
  }, PATIENCE_MS);
  return { event, letter };
}

function promises(start: () => Promise<StartOptions>): void {
  beforeAll(async () => {
    const retry = { attempts: 2, firstDelayMs: 0, maxDelayMs: 0 };
    services = await startServices([reading], { ...(await start()), config: { retry } });
  }, 60_000);
  beforeEach(() => (broken = true));
  afterAll(() => services.close());

  it('none, at first', async () => {
    expect(await ask('')).toMatchObject({ status: 200, body: { deadLetters: [], more: false } });
  });

  it('each with what helps, and nothing about anybody', async () => {
    const { event, letter } = await givenUp();
    expect(letter).toEqual({
      id: expect.stringMatching(/^[\w.~-]+$/),
      service: 'journey',
      group: 'journey-reader',
      topic: 'tsunagu.follow-up.events',
      event: {
        id: event.id,
        type: event.type,
        time: event.time,
        source: '/tsunagu/follow-up',
        fields: ['personId', 'parties', 'planId', 'agencyId'],
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      },
      reason: 'RangeError',
      attempts: 2,
      failedAt: expect.any(String),
      status: 'waiting',
    });
    expect((await ask(`/${letter.id}`)).body).toEqual(letter);
    for (const hidden of [event.partitionkey, 'hidamari-npo', '山田'])
      expect(JSON.stringify(letter)).not.toContain(hidden);
  });

  it('which come back, with more attempts, when they fail again', async () => {
    const { letter } = await givenUp();
    const answer = await ask(`/${letter.id}/redrive`, 'tsukasa', 'POST');
    expect(answer).toMatchObject({ status: 202, body: { id: letter.id, status: 'put-back' } });
    await eventually(async () => {
      expect((await ask(`/${letter.id}`)).body).toMatchObject({ status: 'waiting', attempts: 4 });
    }, PATIENCE_MS);
  });

  it('and are gone when they were handled, however often they were put back', async () => {
    const { event, letter } = await givenUp();
    broken = false;
    const statuses = [
      await ask(`/${letter.id}/redrive`, 'tsukasa', 'POST'),
      await ask(`/${letter.id}/redrive`, 'tsukasa', 'POST'),
    ];
    expect(statuses.every(({ status }) => status === 202 || status === 404)).toBe(true);
    await eventually(async () => expect((await ask(`/${letter.id}`)).status).toBe(404), PATIENCE_MS);
    expect(handled.filter((id) => id === event.id)).toHaveLength(1);
    expect((await ask(`/${letter.id}/redrive`, 'tsukasa', 'POST')).status).toBe(404);
  });

  it('and who put which back when is in the log of the service', async () => {
    const { letter } = await givenUp();
    await ask(`/${letter.id}/redrive`, 'tsukasa', 'POST');
    await eventually(async () => {
      const log = await engine<EventStore>(EVENT_STORE).readAll({ limit: 100 });
      expect(log.at(-1)).toMatchObject({
        type: 'DeadLetterRedriven',
        data: { deadLetter: letter.id, event: letter.event.id, reason: 'RangeError', attempts: 2 },
        metadata: { actor: { user: 'tsukasa', role: 'operator' }, occurredAt: expect.any(String) },
      });
    });
  });

  it('to nobody but an operator; to all others as if there were none', async () => {
    const { letter } = await givenUp();
    for (const as of ['aoi', 'ren', 'minato', 'shiori', 'akira', { service: 'intake' }] as const) {
      const answers = [
        await ask('', as),
        await ask(`/${letter.id}`, as),
        await ask(`/${letter.id}/redrive`, as, 'POST'),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    }
    for (const unknown of [randomUUID(), 'journey-reader~x~0~0', '%2F', 'consent-erasure~tsunagu.intake.events~0~0']) {
      expect((await ask(`/${unknown}`)).body).toMatchObject({ status: 404, code: 'not-found' });
    }
  });
}

describe('dead letters on the PostgreSQL bus are shown', () => {
  promises(async () => ({}));

  it('by their place alone when they are no event of ours', async () => {
    const client = new Client({ connectionString: services.databases.bus });
    await client.connect();
    await client.query(
      `INSERT INTO bus.messages (topic, partition, event)
       VALUES ('tsunagu.follow-up.events', 0, '{"type": "山田", "data": {"山田太郎": 1}}')`,
    );
    await client.end();
    const letter = await eventually(async () => {
      const found = (await waiting()).find(({ reason }) => reason === 'not-a-cloudevent');
      if (!found) throw new Error('not yet');
      return found;
    });
    expect(letter.event).toMatchObject({ type: 'unreadable', fields: [] });
    expect(JSON.stringify(letter)).not.toContain('山田');
  });
});

(kafkaIsOffered() ? describe : describe.skip)('dead letters on Kafka are shown', () => {
  jest.setTimeout(120_000);
  promises(async () => ({ kafka: await freshTopics() }));
});
