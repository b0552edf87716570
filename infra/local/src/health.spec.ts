import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { intake } from '@tsunagu/intake';
import { type CloudEvent, intakeEvents, topics } from '@tsunagu/contracts';
import { declareTopics } from '@tsunagu/event-bus';
import type { WritingConsumer, ServiceDefinition } from '@tsunagu/platform';
import {
  eventually,
  freshDatabase,
  kafkaIsOffered,
  KurrentDouble,
  type MendableLine,
  mendableLine,
  startServices,
  type TestServices,
} from '@tsunagu/testing';
import { type Broker, startBroker } from '../../kafka/broker.mjs';

const PATIENCE_MS = 30_000;
let services: TestServices;
const closings: (() => unknown)[] = [];
afterEach(async () => {
  await services.close();
  for (const close of closings.splice(0)) await close();
}, 60_000);

const health = (page: 'live' | 'ready') => services.call('intake', `/health/${page}`);

async function becomesReady(): Promise<void> {
  await eventually(async () => {
    const { status, body } = await health('ready');
    expect({ status, body }).toMatchObject({ status: 200, body: { ready: true } });
  }, PATIENCE_MS);
}

/** Not ready, for that reason; and alive all the same. */
async function becomesUnready(check: string, reason: RegExp): Promise<void> {
  await eventually(async () => {
    const { status, body } = await health('ready');
    expect({ status, body }).toMatchObject({ status: 503, body: { ready: false } });
    expect(body.checks[check]).toMatch(reason);
  }, PATIENCE_MS);
  expect(await health('live')).toMatchObject({ status: 200, body: { live: true } });
}

const SILENT = /^(does not answer \(\w+\)|no answer in time)$/;

describe('a service in front of PostgreSQL', () => {
  jest.setTimeout(120_000);

  it('is not ready while any of its databases is out of reach, says which, and comes back by itself', async () => {
    const lines: Record<string, MendableLine> = {};
    for (const name of ['events', 'reads', 'keys', 'bus']) lines[name] = await mendableLine(await freshDatabase());
    closings.push(() => Promise.all(Object.values(lines).map((line) => line.sever())));
    const urls = Object.fromEntries(Object.entries(lines).map(([name, { url }]) => [name, url]));
    services = await startServices([intake], { databases: urls as unknown as TestServices['databases'] });
    await becomesReady();
    for (const [check, line] of [
      ['database', lines['reads']],
      ['events', lines['events']],
      ['keys', lines['keys']],
      ['bus', lines['bus']],
    ] as const) {
      await line?.sever();
      await becomesUnready(check, SILENT);
      await line?.mend();
      await becomesReady();
    }
  });
});

(kafkaIsOffered({ own: true }) ? describe : describe.skip)('a service in front of Kafka', () => {
  jest.setTimeout(240_000);

  it('is not ready while the broker is gone, and comes back with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tsunagu-health-'));
    const running: Broker = await startBroker({ folder });
    const { brokers } = running;
    const port = Number(brokers.split(':')[1]);
    const connection = { brokers: [brokers], clientId: 'spec' };
    await declareTopics(
      connection,
      topics.map((name) => ({ name, partitions: 1, retentionDays: 1 })),
    );
    services = await startServices([intake], { kafka: connection });
    await becomesReady();
    await running.stop();
    await becomesUnready('bus', SILENT);
    const again = await startBroker({ folder, port });
    closings.push(
      () => again.stop(),
      () => rmSync(folder, { recursive: true, force: true }),
    );
    await becomesReady();
  });
});

describe('a service in front of KurrentDB', () => {
  it('is not ready while the server is gone, and comes back with it', async () => {
    const double = await new KurrentDouble().start();
    closings.push(() => double.kill());
    services = await startServices([intake], { kurrentdb: double.connectionString });
    await becomesReady();
    double.kill();
    await becomesUnready('events', SILENT);
    await double.start();
    await becomesReady();
  }, 90_000);
});

describe('a service that is far behind', () => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));

  class Slow implements WritingConsumer {
    readonly group = 'intake-slow';
    readonly events = [intakeEvents.ConsultationOpened];
    async handle(_: CloudEvent): Promise<void> {
      await released;
    }
  }
  const slow: ServiceDefinition = { ...intake, consumers: [...(intake.consumers ?? []), Slow] };

  it('is not ready until it has caught up, and says what lags', async () => {
    services = await startServices([slow], { config: { lagBound: 3 } });
    const body = { channel: 'web', language: 'ja', message: '話し相手がほしい' };
    for (let n = 0; n < 6; n += 1) await services.call('intake', '/consultations', { body });
    // Those that wait for a slot behind it are named too.
    await becomesUnready('lag', /^more than 3 events behind: .*consumer intake-slow/).finally(release);
    await becomesReady();
  }, 60_000);
});
