import { inboxSchemaSql, onceInto, type Outgoing } from '@tsunagu/event-bus';
import { Pool } from 'pg';
import { type BenchPostgres, inDatabase } from '../postgres';
import type { Line as Row, Section } from '../report';
import { type Carrier, CONCURRENCY, open } from './carriers';
import { Arrival, atRate, flow, spread } from './flow';
import { message, messages, TOPIC } from './messages';
import { rawLine } from './raw-lines';
import type { Scale } from './scale';

const PARTITIONS = 6;
const PER_SECOND = 200;

type Figures = Record<string, number>;

async function rawFlow(carrier: Carrier, events: number): Promise<Figures> {
  const raw = await rawLine(await carrier.line(PARTITIONS));
  const arrival = new Arrival(events);
  await raw.receive((texts) => arrival.add(texts));
  const texts = messages(events).map((one) => JSON.stringify(one.event));
  const figures = await flow(texts, (batch) => raw.send(batch), arrival);
  await raw.close();
  return figures;
}

type Effect = (arrival: Arrival) => (event: Outgoing['event']) => Promise<void>;
const counted: Effect = (arrival) => async () => arrival.add(1);

async function busFlow(carrier: Carrier, partitions: number, events: number, effect: Effect): Promise<Figures> {
  const bus = open(await carrier.line(partitions));
  const arrival = new Arrival(events);
  await bus.consume({ group: 'follow-up-bench', topics: [TOPIC], handle: effect(arrival) });
  const figures = await flow(messages(events), (batch) => bus.publish(batch), arrival);
  await bus.close();
  return figures;
}

/** What the adapters add to what they stand on. */
export async function flowSection(carriers: readonly Carrier[], { events }: Scale): Promise<Section> {
  const lines: Row[] = [];
  for (const carrier of carriers) {
    const raw = await rawFlow(carrier, events);
    const ours = await busFlow(carrier, PARTITIONS, events, counted);
    const share = { '× raw published': per(ours, raw, 'published/s'), '× raw handled': per(ours, raw, 'handled/s') };
    lines.push({ name: carrier.kind === 'Kafka' ? 'raw kafkajs' : 'raw INSERT and SELECT', figures: raw });
    lines.push({ name: `bus on ${carrier.kind}`, figures: { ...ours, ...share } });
  }
  const notes = [
    'a hundred events a call, four calls at once; the handler counts; raw: texts that nobody checks, without retry or dead letters',
  ];
  const title = `Bus: ${events.toLocaleString('en-US')} events through ${PARTITIONS} partitions`;
  return { title, notes, lines, goals: [] };
}

const per = (ours: Figures, raw: Figures, column: string): number => (ours[column] ?? 0) / (raw[column] ?? 0);

/** Each event with the inbox and one row of its own in a transaction, as the services' consumers have it. */
export async function partitionsSection(
  carriers: readonly Carrier[],
  postgres: BenchPostgres,
  { effects, partitions }: Scale,
): Promise<Section> {
  const url = await postgres.database();
  const tables = `${inboxSchemaSql}; CREATE TABLE effects (event uuid NOT NULL, n int NOT NULL)`;
  await inDatabase(url, (client) => client.query(tables));
  const pool = new Pool({ connectionString: url, max: CONCURRENCY });
  const inserted: Effect = (arrival) => {
    const once = onceInto(pool, 'follow-up-bench', async ({ id, revision }, tx) => {
      await tx.query('INSERT INTO effects VALUES ($1, $2)', [id, revision]);
    });
    return async (event) => {
      await once(event);
      arrival.add(1);
    };
  };
  const lines: Row[] = [];
  for (const { kind, line } of carriers) {
    const rates = new Map<number, Figures>();
    for (const count of partitions) rates.set(count, await busFlow({ kind, line }, count, effects, inserted));
    const one = rates.get(1)?.['handled/s'] ?? Number.NaN;
    for (const [count, figures] of rates) {
      const grown = { 'handled/s': figures['handled/s'] ?? 0, '× one partition': (figures['handled/s'] ?? 0) / one };
      lines.push({ name: `bus on ${kind}, ${count} partition${count === 1 ? '' : 's'}`, figures: grown });
    }
  }
  await pool.end();
  const title = `Bus by partitions: ${effects.toLocaleString('en-US')} events, each with an effect in a transaction`;
  return { title, notes: ['one process handles, up to twelve events at once'], lines, goals: [] };
}

/** From the call to its return, and to the handler. */
export async function latencySection(carriers: readonly Carrier[], { seconds }: Scale): Promise<Section> {
  const lines: Row[] = [];
  for (const carrier of carriers) {
    const bus = open(await carrier.line(PARTITIONS));
    const sentAt = new Map<string, number>();
    const durable: number[] = [];
    const handled: number[] = [];
    const arrival = new Arrival(PER_SECOND * seconds);
    const since = (id: string): number => performance.now() - (sentAt.get(id) ?? Number.NaN);
    const handle = async ({ id }: Outgoing['event']): Promise<void> => {
      handled.push(since(id));
      arrival.add(1);
    };
    await bus.consume({ group: 'follow-up-bench', topics: [TOPIC], handle });
    await atRate(PER_SECOND, seconds, async () => {
      const one = message(0);
      sentAt.set(one.event.id, performance.now());
      await bus.publish([one]);
      durable.push(since(one.event.id));
    });
    await arrival.all;
    await bus.close();
    lines.push({
      name: `bus on ${carrier.kind}`,
      figures: { ...spread('durable', durable), ...spread('handled', handled) },
    });
  }
  return { title: `Bus: one event a call, ${PER_SECOND} a second, ${PARTITIONS} partitions`, lines, goals: [] };
}
