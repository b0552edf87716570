import { Pool } from 'pg';
import { type Estate, type EstateOptions, startEstate } from '../../support/estate';
import { type Target, throughput } from '../commands';
import { quantile } from '../measure';
import { atMost, type Goal, type Line as Row, type Section } from '../report';
import { atRate, spread } from './flow';
import type { Scale } from './scale';

interface Setting {
  readonly name: string;
  readonly options: Partial<EstateOptions>;
}

const KURRENT = process.env['EVENTSTORE_URL'];
const LOOK_MS = 3;
const PATIENCE_MS = 20_000;

const onKurrent = (connectionString: string): Partial<EstateOptions> => ({
  configure: (config) =>
    config.databases
      ? { ...config, databases: { ...config.databases, events: { kurrentdb: { connectionString } } } }
      : config,
});

function settings(): readonly Setting[] {
  const logs: readonly (readonly [string, Partial<EstateOptions>])[] = [
    ['PostgreSQL', {}],
    ...(KURRENT ? [['KurrentDB', onKurrent(KURRENT)] as const] : []),
  ];
  const buses = ['Kafka', 'PostgreSQL'] as const;
  return logs.flatMap(([log, changed]) =>
    buses.flatMap((bus) =>
      [1, 2].map((instances) => ({
        name: `log ${log}, bus ${bus}, ${instances} instance${instances > 1 ? 's' : ''} each`,
        options: { ...changed, instances, bus, direct: true },
      })),
    ),
  );
}

/** The product as processes; a command of intake, and the row that it makes in journey's timeline. */
export async function servicesSection(scale: Scale): Promise<Section> {
  const lines: Row[] = [];
  const goals: Goal[] = [];
  for (const { name, options } of settings()) {
    process.stdout.write(`   starting every service as processes: ${name}\n`);
    const estate = await startEstate(options);
    try {
      const target = await intake(estate);
      await throughput(target, scale.warmUpSeconds);
      const { perSecond, p50, p99, refused } = await throughput(target, scale.seconds);
      const { durable, visible, failed } = await followed(estate, target, scale);
      const load = { 'commands/s': perSecond, 'p50 ms': p50, 'p99 ms': p99 };
      const way = { ...spread('to 201', durable), ...spread('visible', visible) };
      lines.push({ name, figures: { ...load, ...way, 'refused or lost': refused + failed } });
      if (name === 'log PostgreSQL, bus Kafka, 1 instance each') {
        goals.push(atMost('visible across Kafka, p50 ms', quantile(visible, 0.5), 50));
        goals.push(atMost('visible across Kafka, p99 ms', quantile(visible, 0.99), 150));
      }
    } finally {
      await estate.close();
    }
  }
  if (!KURRENT) lines.push({ name: 'log KurrentDB: not run, no server (EVENTSTORE_URL)', figures: {} });
  return {
    title: 'Services as processes: command at intake → durable (201) → visible in journey',
    notes: [
      'commands/s, p50, p99: 32 connections, consultations and messages with sealed text; console, identity provider, broker and database share the machine',
      `measured after ${scale.warmUpSeconds} s of full load`,
      `to 201, visible: ${scale.followed} consultations a second; visible is the row in journey's timeline`,
    ],
    lines,
    goals,
  };
}

async function intake(estate: Estate): Promise<Target> {
  const opening = { channel: 'phone', language: 'ja', message: '相談したいことがあります。' };
  return {
    name: 'intake',
    origin: estate.url,
    headers: { authorization: `Bearer ${await estate.token('aoi')}` },
    command: (id) =>
      id === undefined
        ? { method: 'POST', path: '/api/intake/consultations', body: opening }
        : { method: 'POST', path: `/api/intake/consultations/${id}/messages`, body: { message: 'つづきです。' } },
  };
}

interface Followed {
  readonly durable: readonly number[];
  readonly visible: readonly number[];
  readonly failed: number;
}

/** Milliseconds from sending each command to its 201, and to the moment when one who keeps looking sees its row. */
async function followed(estate: Estate, target: Target, { followed: rate, seconds }: Scale): Promise<Followed> {
  const durable: number[] = [];
  const visible: number[] = [];
  const awaited = new Map<string, number>();
  let failed = 0;
  let sending = true;
  const pool = new Pool({ connectionString: estate.databaseUrl('reads'), max: 1 });
  const look = async (): Promise<void> => {
    const text = 'SELECT DISTINCT "personId" AS person FROM journey.timeline WHERE "personId" = ANY ($1)';
    for (let deadline = Infinity; (sending || awaited.size > 0) && performance.now() < deadline;) {
      const { rows } = await pool.query<{ person: string }>({ name: 'look', text, values: [[...awaited.keys()]] });
      for (const { person } of rows) {
        visible.push(performance.now() - (awaited.get(person) ?? Number.NaN));
        awaited.delete(person);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      if (!sending && deadline === Infinity) deadline = performance.now() + PATIENCE_MS;
    }
  };
  const looking = look();
  await atRate(rate, seconds, async () => {
    const { path, body } = target.command(undefined, 0);
    const began = performance.now();
    const headers = { ...target.headers, 'content-type': 'application/json' };
    const sent = { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(target.origin + path, sent).catch(() => undefined);
    if (answer?.status !== 201) return void (failed += 1);
    durable.push(performance.now() - began);
    awaited.set(((await answer.json()) as { personId: string }).personId, began);
  });
  sending = false;
  await looking;
  await pool.end();
  return { durable, visible, failed: failed + awaited.size };
}
