import type { Decider } from './decider';
import { Rejection } from './decider';
import type { Actor, DomainEvent, EventMetadata, LoadedEvent, NewEvent, StreamName } from './event';
import type { EventStore } from './store';
import { RevisionConflict } from './store';
import { schemaVersionOf, upcast } from './upcast';

/** Everything about a command but its content. Made at the edge, carried unchanged to the store. */
export interface CommandContext {
  /** UUID; the same for a repeat of the same command. */
  readonly commandId: string;
  readonly fingerprint?: string;
  /** UUID for the n-th event of this command; the same for a repeat. */
  readonly eventId: (n: number) => string;
  readonly actor: Actor;
  readonly onBehalfOf?: string;
  readonly purpose?: string;
  readonly authorisation?: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly occurredAt: string;
  readonly traceparent?: string;
  /** When given, the command is refused if the stream has moved on (If-Match). */
  readonly expectedRevision?: number;
}

export interface Handled<Event extends DomainEvent, State> {
  /** Revision of the stream after the command. */
  readonly revision: number;
  readonly state: State;
  /** What this command recorded; on a repeat, what it recorded the first time. */
  readonly events: readonly Event[];
  readonly repeated: boolean;
}

const ATTEMPTS = 10;

/**
 * Loads the stream, decides, appends at the revision it saw; on a conflict starts over.
 * @throws Rejection from the decider; `idempotency-key-reused` when another command used the same id;
 *   `revision-mismatch` when `context.expectedRevision` is not the stream's
 * @throws RevisionConflict after ten lost races
 */
export async function handle<Command, Event extends DomainEvent, State>(
  store: EventStore,
  decider: Decider<Command, Event, State>,
  id: string,
  command: Command,
  context: CommandContext,
): Promise<Handled<Event, State>> {
  const stream: StreamName = `${decider.category}-${id}`;
  for (let attempt = 1; ; attempt += 1) {
    const loaded = await store.load(stream);
    const history = loaded.map((event) => upcast(decider, event));
    const earlier = recordedBefore(loaded, history, context);
    if (earlier) return { ...earlier, state: history.reduce(decider.evolve, decider.initial) };
    const revision = loaded.length - 1;
    requireRevision(context, revision);
    const state = history.reduce(decider.evolve, decider.initial);
    const events = decider.decide(command, state);
    if (events.length === 0) return { revision, state, events, repeated: false };
    try {
      const appended = await store.append(
        stream,
        revision < 0 ? 'no-stream' : revision,
        events.map((event, n) => newEvent(decider, event, context, n)),
      );
      return { revision: appended.revision, state: events.reduce(decider.evolve, state), events, repeated: false };
    } catch (error) {
      if (!(error instanceof RevisionConflict) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The current state of a stream and its revision (-1 when there is none). */
export async function stateOf<Command, Event extends DomainEvent, State>(
  store: EventStore,
  decider: Decider<Command, Event, State>,
  id: string,
): Promise<{ readonly state: State; readonly revision: number }> {
  const loaded = await store.load(`${decider.category}-${id}`);
  const state = loaded.map((event) => upcast(decider, event)).reduce(decider.evolve, decider.initial);
  return { state, revision: loaded.length - 1 };
}

function recordedBefore<Event extends DomainEvent>(
  loaded: readonly LoadedEvent[],
  history: readonly Event[],
  context: CommandContext,
): { revision: number; events: readonly Event[]; repeated: true } | undefined {
  const mine = loaded.filter((event) => event.commandId === context.commandId);
  const last = mine.at(-1);
  if (!last) return undefined;
  if (last.fingerprint !== context.fingerprint) {
    throw new Rejection(
      'idempotency-key-reused',
      'This Idempotency-Key was already used for a different request. Send a new key.',
    );
  }
  return {
    revision: last.revision,
    events: history.filter((_, n) => loaded[n]?.commandId === context.commandId),
    repeated: true,
  };
}

function requireRevision(context: CommandContext, revision: number): void {
  if (context.expectedRevision !== undefined && context.expectedRevision !== revision) {
    throw new Rejection(
      'revision-mismatch',
      `This record has changed since you read it (it is now at revision ${revision}). Read it again, then repeat your change.`,
    );
  }
}

function newEvent<Command, Event extends DomainEvent, State>(
  decider: Decider<Command, Event, State>,
  event: Event,
  context: CommandContext,
  n: number,
): NewEvent<Event> {
  const { eventId, expectedRevision: _, ...rest } = context;
  const metadata: EventMetadata = rest;
  return {
    id: eventId(n),
    type: event.type,
    schemaVersion: schemaVersionOf(decider, event.type),
    data: event.data,
    metadata,
  };
}
