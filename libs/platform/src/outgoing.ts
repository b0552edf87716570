import { type CloudEvent, type Publication } from '@tsunagu/contracts';
import type { Outgoing } from '@tsunagu/event-bus';
import type { RecordedEvent } from '@tsunagu/event-sourcing';
import { publishAccess } from './access-log';
import type { ServiceDefinition } from './definition';
import { secretUuid, uuidFrom } from './ids';

/** What a service's log becomes on the bus. Pure, so that a repeat after a crash publishes the very same events. */
export const outgoingOf =
  (definition: ServiceDefinition, factKey: Buffer) =>
  (event: RecordedEvent): readonly Outgoing[] =>
    [...publishAccess(definition, event), ...(definition.publish?.(event) ?? [])].map((publication, n) => ({
      topic: publication.contract.topic,
      event: publication.contract.topic.endsWith('.facts')
        ? factOf(publication, event, n, factKey)
        : eventOf(publication, event, n),
    }));

function eventOf(
  publication: Publication,
  { id, metadata, recordedAt, revision }: RecordedEvent,
  n: number,
): CloudEvent {
  const { actor, traceparent, onBehalfOf, purpose, authorisation } = metadata;
  return {
    specversion: '1.0',
    id: n === 0 ? id : uuidFrom(id, String(n)),
    source: `/tsunagu/${publication.contract.service}`,
    type: publication.contract.type,
    subject: publication.subject,
    time: recordedAt,
    datacontenttype: 'application/json',
    partitionkey: publication.key,
    correlationid: metadata.correlationId,
    causationid: metadata.causationId,
    occurredat: metadata.occurredAt,
    actoruser: actor.user,
    actorrole: actor.role,
    ...(actor.agency ? { actoragency: actor.agency } : {}),
    ...(traceparent ? { traceparent } : {}),
    ...(onBehalfOf ? { onbehalfof: onBehalfOf } : {}),
    ...(purpose ? { purpose } : {}),
    ...(authorisation ? { authorisation } : {}),
    revision,
    data: publication.data,
  };
}

/**
 * A fact leads to nobody: its id comes from a secret key, its time is the first of its month, and who recorded it, in
 * which trace, is left out.
 */
function factOf(publication: Publication, event: RecordedEvent, n: number, key: Buffer): CloudEvent {
  const id = secretUuid(key, `${event.id}:${n}`);
  const month = `${event.recordedAt.slice(0, 7)}-01T00:00:00Z`;
  return {
    specversion: '1.0',
    id,
    source: `/tsunagu/${publication.contract.service}`,
    type: publication.contract.type,
    subject: id,
    time: month,
    datacontenttype: 'application/json',
    partitionkey: id,
    correlationid: id,
    causationid: id,
    occurredat: month,
    actoruser: publication.contract.service,
    actorrole: 'service',
    revision: 0,
    data: publication.data,
  };
}
