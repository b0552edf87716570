import { randomUUID } from 'node:crypto';
import { type CloudEvent, cloudEvent } from '@tsunagu/contracts';

/** Reason of a dead letter. What is no event might say anything about anybody: the letter then holds only its place. */
export const NOT_AN_EVENT = 'not-a-cloudevent';

const UNREADABLE = 'tsunagu.bus.unreadable.v1';

/** A tolerant reader: unknown attributes and types are the handler's to ignore, but it must be an event. */
export const isEvent = (read: unknown): read is CloudEvent => {
  const parsed = cloudEvent.safeParse(read);
  return parsed.success && parsed.data.type !== UNREADABLE;
};

/** Stands for what was no event. @param offset its place in the partition */
export function standIn(topic: string, partition: number, offset: string): CloudEvent {
  const now = new Date().toISOString();
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/tsunagu/bus',
    type: UNREADABLE,
    subject: `${topic}/${partition}/${offset}`,
    time: now,
    datacontenttype: 'application/json',
    partitionkey: `${partition}`,
    correlationid: offset,
    causationid: offset,
    occurredat: now,
    actoruser: 'bus',
    actorrole: 'service',
    revision: 0,
    data: {},
  };
}
