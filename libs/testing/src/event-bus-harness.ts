import { randomUUID } from 'node:crypto';
import { type CloudEvent, followUpEvents } from '@tsunagu/contracts';
import type { EventBus, Outgoing } from '@tsunagu/event-bus';
import type { Pool } from 'pg';
import { eventually } from './eventually';

export const PLAN_TOPIC = followUpEvents.PlanRevised.topic;

/** An event that the contracts list; `n` comes back as its revision. */
export function planRevised(person: string, n: number): Outgoing {
  const instant = '2026-11-22T09:00:00Z';
  const event: CloudEvent = {
    specversion: '1.0',
    id: randomUUID(),
    source: '/tsunagu/follow-up',
    type: followUpEvents.PlanRevised.type,
    subject: person,
    time: instant,
    datacontenttype: 'application/json',
    partitionkey: person,
    correlationid: 'c-1',
    causationid: 'c-1',
    occurredat: instant,
    actoruser: 'aoi',
    actorrole: 'caseworker',
    revision: n,
    data: { personId: person, parties: ['hidamari-npo'], planId: person, agencyId: 'hidamari-npo' },
  };
  return { topic: PLAN_TOPIC, event };
}

export const people = (count: number): string[] => Array.from({ length: count }, () => randomUUID());
/** Rounds of one event per person: each person's events are numbered 0, 1, 2 … */
export const rounds = (persons: readonly string[], count: number): Outgoing[] =>
  Array.from({ length: count }, (_, n) => persons.map((person) => planRevised(person, n))).flat();
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** What came, per person, in the order it came. */
export class Diary {
  readonly entries = new Map<string, number[]>();
  readonly write = async ({ partitionkey, revision }: CloudEvent): Promise<void> => {
    this.entries.set(partitionkey, [...this.of(partitionkey), revision]);
  };
  of(person: string): readonly number[] {
    return this.entries.get(person) ?? [];
  }
  get length(): number {
    return [...this.entries.values()].reduce((sum, { length }) => sum + length, 0);
  }
  /** Without repeats: the order in which each number came first. */
  firsts(person: string): number[] {
    return [...new Set(this.of(person))];
  }
}

/** What an adapter brings to its contract. Every promise gets a fresh, empty bus. */
export interface BusHarness {
  /** An instance as another process would open it: retries at once, gives up after three attempts, handles several events at once. */
  open(): EventBus;
  /** An instance that `die` cuts off from the bus for ever without a goodbye, as `kill -9` would. */
  openMortal(): Promise<{ readonly bus: EventBus; die(): Promise<void> }>;
  /** A database with `inboxSchemaSql` in it. */
  readonly reads: Pool;
  /** How long a promise may take to come true; 10 s unless told. */
  readonly patienceMs?: number;
  /** Closes every instance it opened. */
  close(): Promise<void>;
}

/** The harness of the running test, and the instance that it publishes with. */
export interface Under {
  readonly harness: BusHarness;
  readonly bus: EventBus;
}
export type UnderTest = () => Under;

export const topics = [PLAN_TOPIC];
/** `eventually`, with the patience that this adapter needs. */
export const soon = <T>({ harness }: Under, expectation: () => T | Promise<T>): Promise<T> =>
  eventually(expectation, harness.patienceMs);
export const caughtUp = (under: Under, group: string): Promise<void> =>
  soon(under, async () => expect(await under.bus.lag(group)).toBe(0));
