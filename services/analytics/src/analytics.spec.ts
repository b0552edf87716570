import { randomUUID } from 'node:crypto';
import {
  ageBands,
  channels,
  type CloudEvent,
  type ContractEvent,
  intakeFacts,
  referralFacts,
} from '@tsunagu/contracts';
import { postgresEventBus } from '@tsunagu/event-bus';
import { startServices, type TestServices } from '@tsunagu/testing';
import { analytics } from './service';
import { disclosed } from './tables/disclosure';

const fact = (
  contract: ContractEvent,
  data: object,
  id: string = randomUUID(),
): { topic: string; event: CloudEvent } => ({
  topic: contract.topic,
  event: {
    specversion: '1.0',
    id,
    source: `/tsunagu/${contract.service}`,
    type: contract.type,
    subject: id,
    time: '2026-11-01T00:00:00Z',
    datacontenttype: 'application/json',
    partitionkey: id,
    correlationid: id,
    causationid: id,
    occurredat: '2026-11-01T00:00:00Z',
    actoruser: contract.service,
    actorrole: 'service',
    revision: 0,
    data,
  },
});

const consulted = (ageBand: string) =>
  fact(intakeFacts.ConsultationCounted, {
    month: '2026-11',
    channel: 'phone',
    ageBand,
    area: 'つむぎ市',
    sector: 'public',
  });
const unmet = (area: string) => fact(referralFacts.UnmetNeedCounted, { month: '2026-11', need: 'mobility', area });
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

let services: TestServices;
beforeAll(async () => {
  services = await startServices([analytics]);
  const bus = postgresEventBus({ connectionString: services.databases.bus });
  const facts = [
    ...times(13, () => consulted('75-plus')),
    ...times(9, () => consulted('18-39')),
    ...times(12, () => unmet('みどり町')),
    ...times(2, () => unmet('小さな村')),
  ];
  await bus.publish(facts);
  await bus.publish(facts.slice(0, 5));
  await bus.close();
  await services.settle();
});
afterAll(() => services.close());

const table = (name: string, query = 'from=2026-11') =>
  services.call('analytics', `/tables/${name}?${query}`, { as: 'akira' });
const countOf = (cells: { dimensions: object; count: number | null }[], dimensions: object) =>
  cells.find((cell) => JSON.stringify(cell.dimensions) === JSON.stringify(dimensions))?.count;

describe('small counts do not show', () => {
  it.each([
    [0, null],
    [9, null],
    [10, 10],
    [13, 10],
    [15, 15],
  ])('%d shows as %s', (count, shown) => expect(disclosed(count)).toBe(shown));

  it('counts a fact once, however often it comes, and withholds below the threshold', async () => {
    const { body } = await table('consultations');
    expect(countOf(body.cells, { channel: 'phone', ageBand: '75-plus' })).toBe(10);
    expect(countOf(body.cells, { channel: 'phone', ageBand: '18-39' })).toBeNull();
  });

  it('answers in the same shape whoever was counted: zeros are cells too', async () => {
    const { body } = await table('consultations', 'from=2026-09&to=2026-11');
    expect(body.cells).toHaveLength(3 * channels.codes.length * ageBands.codes.length);
    expect(countOf(body.cells, { channel: 'letter', ageBand: 'unknown' })).toBeNull();
  });

  it('does not even name an area where few asked', async () => {
    const { body } = await table('unmet-needs');
    expect(new Set(body.cells.map((cell: { dimensions: { area: string } }) => cell.dimensions.area))).toEqual(
      new Set(['みどり町']),
    );
    expect(countOf(body.cells, { need: 'mobility', area: 'みどり町' })).toBe(10);
  });
});

describe('registered tables only, for analysts only', () => {
  it('lists them with their rules', async () => {
    const { body } = await services.call('analytics', '/tables', { as: 'akira' });
    expect(body.tables.map(({ name, threshold }: { name: string; threshold: number }) => [name, threshold])).toEqual([
      ['consultations', 10],
      ['referral-outcomes', 10],
      ['unmet-needs', 10],
    ]);
  });
  it('no other table', async () => expect((await table('persons')).status).toBe(404));
  it('nobody else', async () => {
    for (const as of ['aoi', 'ren', 'minato', 'shiori', { person: randomUUID() }, { service: 'referral' }] as const) {
      expect((await services.call('analytics', '/tables', { as })).status).toBe(404);
    }
  });
  it.each([
    ['from=2026-13', 400],
    ['from=2026-11&to=2026-01', 409],
    ['from=1900-01&to=2026-01', 409],
    ['by=person', 400],
  ])('refuses %s', async (query, status) => expect((await table('consultations', query)).status).toBe(status));
});
