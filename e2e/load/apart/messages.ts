import { randomUUID } from 'node:crypto';
import { type CloudEvent, followUpEvents } from '@tsunagu/contracts';
import type { Outgoing } from '@tsunagu/event-bus';

const { topic, type } = followUpEvents.PlanRevised;
export const TOPIC = topic;

/** About 700 bytes, of a person of their own; `n` is its revision. */
export function message(n: number): Outgoing {
  const person = randomUUID();
  const now = new Date().toISOString();
  const event: CloudEvent = {
    specversion: '1.0',
    id: randomUUID(),
    source: '/tsunagu/follow-up',
    type,
    subject: person,
    time: now,
    datacontenttype: 'application/json',
    partitionkey: person,
    correlationid: randomUUID(),
    causationid: randomUUID(),
    occurredat: now,
    actoruser: 'yui',
    actoragency: 'hidamari-npo',
    actorrole: 'caseworker',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    revision: n,
    data: { personId: person, parties: ['hidamari-npo'], planId: person, agencyId: 'hidamari-npo' },
  };
  return { topic, event };
}

export const messages = (count: number): Outgoing[] => Array.from({ length: count }, (_, n) => message(n));
