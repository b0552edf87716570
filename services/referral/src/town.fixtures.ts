import { randomUUID } from 'node:crypto';
import { catalogue, type CloudEvent, topics } from '@tsunagu/contracts';
import type { EventBus, Outgoing } from '@tsunagu/event-bus';
import type { EventStore, RecordedEvent } from '@tsunagu/event-sourcing';
import { EVENT_BUS, EVENT_STORE } from '@tsunagu/platform';
import { type Answer, type SampleWorker, startServices, type TestServices } from '@tsunagu/testing';
import type { INestApplication } from '@nestjs/common';
import { referral } from './service';
import { Neighbours, standIns } from './stand-ins.fixtures';

export const CITY = 'tsumugi-city-desk';
export const NPO = 'hidamari-npo';
export const CLINIC = 'aoba-clinic';

/** The referral service on real databases, and everything it tells the bus. */
export interface Town {
  readonly services: TestServices;
  readonly neighbours: Neighbours;
  readonly app: INestApplication;
  readonly bus: CloudEvent[];
  post(as: SampleWorker, path: string, body?: object, key?: string): Promise<Answer>;
  get(as: SampleWorker, path: string, key?: string): Promise<Answer>;
  tell(...events: readonly Outgoing[]): Promise<void>;
  log(referralId: string): Promise<readonly RecordedEvent[]>;
  /** Somebody the city desk knows, with what the city desk holds about them. */
  person(): string;
  /** A draft from the city desk to the NPO. */
  draft(personId: string, more?: object): Promise<string>;
  /** The same, sent under a grant. */
  sent(personId: string, more?: object): Promise<{ readonly id: string; readonly grantId: string }>;
}

export const held = {
  identity: { name: '山田花子カナリア', bornOn: '1948-03-02' },
  needs: [{ need: 'isolation', urgency: 'soon' }],
  'consultation-content': ['夜になると眠れないカナリア'],
  health: 'カナリアの病歴',
};

export async function openTown(): Promise<Town> {
  const neighbours = new Neighbours();
  Object.assign(neighbours.fields, held);
  const services = await startServices([...standIns(neighbours), referral]);
  const running = services.running.get('referral');
  if (!running) throw new Error('referral did not start');
  const { app } = running;
  const store: EventStore = app.get(EVENT_STORE);
  const eventBus: EventBus = app.get(EVENT_BUS);
  const bus: CloudEvent[] = [];
  await eventBus.consume({ group: 'spec', topics, handle: async (event) => void bus.push(event) });
  const call = (as: SampleWorker, method: 'GET' | 'POST', path: string, body?: object, key?: string) =>
    services.call('referral', path, {
      as,
      method,
      ...(body ? { body } : {}),
      ...(key ? { headers: { 'idempotency-key': key } } : {}),
    });
  const town: Town = {
    services,
    neighbours,
    app,
    bus,
    post: (as, path, body, key) => call(as, 'POST', path, body, key),
    get: (as, path, key) => call(as, 'GET', path, undefined, key),
    tell: async (...events) => {
      await eventBus.publish(events);
      await services.settle();
    },
    log: (id) => store.readStream(`referral-${id}`),
    person: () => {
      const personId = randomUUID();
      neighbours.involved.add(`${personId} ${CITY}`);
      return personId;
    },
    draft: async (personId, more = {}) => {
      const body = { personId, need: 'isolation', categories: ['identity', 'needs'], toAgency: NPO, ...more };
      return created(await town.post('aoi', '/referrals', body));
    },
    sent: async (personId, more = {}) => {
      const id = await town.draft(personId, more);
      const grantId = neighbours.permit(personId, NPO, 'referral', ['identity', 'needs', 'consultation-content']);
      expect(await town.post('aoi', `/referrals/${id}/sending`)).toMatchObject({ status: 200 });
      return { id, grantId };
    },
  };
  return town;
}

function created(answer: Answer): string {
  expect(answer).toMatchObject({ status: 201 });
  return String(answer.body.id);
}

/** Every bus event of ours is as the published language says. */
export function expectContractual(bus: readonly CloudEvent[]): void {
  for (const event of bus.filter(({ source }) => source === '/tsunagu/referral')) {
    const contract = catalogue.find(({ type }) => type === event.type);
    const parsed = contract?.schema.safeParse(event.data);
    if (!parsed?.success) throw new Error(`${event.type}: ${parsed?.error.message ?? 'not in the catalogue'}`);
  }
}
