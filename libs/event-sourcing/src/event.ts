/** What a decider emits: a fact in the past tense. `data` holds no personal text outside sealed fields. */
export interface DomainEvent {
  readonly type: string;
  readonly data: object;
}

/** Who acted. `agency` is absent for a person acting for themselves and for the platform's own services. */
export interface Actor {
  readonly user: string;
  readonly agency?: string;
  readonly role: string;
}

export interface EventMetadata {
  readonly actor: Actor;
  /** The person or agency the actor acted for, when it is not themselves. */
  readonly onBehalfOf?: string;
  /** Purpose code of the vocabulary, where one was stated. */
  readonly purpose?: string;
  /** Id of the authorisation this fact rests on, where one was needed. */
  readonly authorisation?: string;
  /** The command that caused this event; a repeated command carries the same id. */
  readonly commandId: string;
  /** Keyed hash of the command's content: tells a repeat from another command under the same id. */
  readonly fingerprint?: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** Claimed time, RFC 3339. The server's own time is `RecordedEvent.recordedAt`. */
  readonly occurredAt: string;
  /** W3C Trace Context. */
  readonly traceparent?: string;
}

/** `<category>-<id>`: the category names the aggregate and owns its stored event types. */
export type StreamName = `${string}-${string}`;

export interface NewEvent<E extends DomainEvent = DomainEvent> {
  /** UUID. Deterministic for a repeated command, so that the store can refuse to record it twice. */
  readonly id: string;
  readonly type: E['type'];
  readonly schemaVersion: number;
  readonly data: E['data'];
  readonly metadata: EventMetadata;
}

/**
 * Opaque place in the whole log. Compare as strings: positions sort in commit order,
 * and a reader that has seen a position never meets an earlier one afterwards.
 */
export type Position = string & { readonly __brand: 'Position' };

export interface RecordedEvent<E extends DomainEvent = DomainEvent> extends NewEvent<E> {
  readonly stream: StreamName;
  /** 0 for the first event of a stream. */
  readonly revision: number;
  readonly position: Position;
  /** Server time, RFC 3339. */
  readonly recordedAt: string;
}

/** The part of a recorded event that a fold and the duplicate check need; loading less is faster. */
export interface LoadedEvent<E extends DomainEvent = DomainEvent> {
  readonly type: E['type'];
  readonly schemaVersion: number;
  readonly data: E['data'];
  readonly revision: number;
  readonly commandId: string;
  readonly fingerprint?: string;
}

export const categoryOf = (stream: StreamName): string => stream.slice(0, stream.indexOf('-'));

export const idOf = (stream: StreamName): string => stream.slice(stream.indexOf('-') + 1);
