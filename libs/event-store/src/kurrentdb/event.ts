import { jsonEvent } from '@eventstore/db-client';
import type { AllStreamResolvedEvent, EventData, JSONType, ResolvedEvent } from '@eventstore/db-client';
import type { EventMetadata, LoadedEvent, NewEvent, RecordedEvent, StreamName } from '@tsunagu/event-sourcing';
import { isKnown, positionOf } from './position';

/** Ours travels in the server's custom metadata, behind the two things for which the server has no field. */
interface StoredMetadata extends EventMetadata {
  readonly schemaVersion: number;
  /** Only on events copied from another store, whose server time is the one that counts. */
  readonly recordedAt?: string;
}

/** Every service's streams begin with its own prefix, so that one filter is one service's log. */
export const nameIn = (prefix: string, stream: StreamName): string => `${prefix}.${stream}`;

/** The JSON that goes over the wire is what the object's keys make in their order, so bytes survive a round trip. */
export function proposed(event: NewEvent, recordedAt?: string): EventData {
  const metadata: StoredMetadata = {
    schemaVersion: event.schemaVersion,
    ...(recordedAt !== undefined && { recordedAt }),
    ...event.metadata,
  };
  return jsonEvent({
    id: event.id,
    type: event.type,
    data: event.data as Record<string, unknown>,
    metadata: metadata as unknown as JSONType,
  });
}

/** @throws Error on an event that this adapter has not written */
export function recorded(prefix: string, resolved: ResolvedEvent | AllStreamResolvedEvent): RecordedEvent {
  const { event } = resolved;
  if (!event?.isJson || !isKnown(event.position)) {
    throw new Error(
      `${event?.streamId ?? 'a link'} holds what this adapter did not write, or the server is older than 22.6`,
    );
  }
  const { schemaVersion, recordedAt, ...metadata } = event.metadata as unknown as StoredMetadata;
  return {
    id: event.id,
    type: event.type,
    schemaVersion,
    stream: event.streamId.slice(prefix.length + 1) as StreamName,
    revision: Number(event.revision),
    position: positionOf(event.position),
    recordedAt: recordedAt ?? event.created.toISOString(),
    data: event.data as object,
    metadata,
  };
}

export const loaded = ({ type, schemaVersion, data, revision, metadata }: RecordedEvent): LoadedEvent => ({
  type,
  schemaVersion,
  data,
  revision,
  commandId: metadata.commandId,
  ...(metadata.fingerprint !== undefined && { fingerprint: metadata.fingerprint }),
});
