import { type Link, SpanKind } from '@opentelemetry/api';
import type { CloudEvent } from '@tsunagu/contracts';
import { type EventBus, type Outgoing, reasonOf } from '@tsunagu/event-bus';
import {
  categoryOf,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
  RevisionConflict,
} from '@tsunagu/event-sourcing';
import { fail, secondsSince, type Telemetry } from './telemetry';
import { currentTraceparent, spanContextFrom, traceparentOf } from './trace-context';

/**
 * The store, with a span for every append. The events are recorded with the context of the span around it, the
 * command's, so that whatever they cause later continues the same trace.
 */
export const tracedStore = (store: EventStore, telemetry: Telemetry): EventStore => ({
  ...store,
  append: (stream, expected, events) => {
    const traceparent = currentTraceparent();
    const recorded = traceparent === undefined ? events : events.map((event) => recordedIn(traceparent, event));
    const category = categoryOf(stream);
    const attributes = { 'tsunagu.category': category, 'tsunagu.event_types': recorded.map(({ type }) => type) };
    return telemetry.inSpan(`append ${category}`, { kind: SpanKind.CLIENT, attributes }, async () => {
      try {
        return await store.append(stream, expected, recorded);
      } catch (error) {
        if (error instanceof RevisionConflict) {
          telemetry.count('tsunagu.append.conflicts', 'Appends that met a stream which had moved on.');
        }
        throw error;
      }
    });
  },
});

const recordedIn = (traceparent: string, event: NewEvent): NewEvent => ({
  ...event,
  metadata: { ...event.metadata, traceparent },
});

type Publish = EventBus['publish'];

/**
 * A producer span for every event, in the trace of the command that recorded it; the event travels with that span as its
 * traceparent. A fact has none and gets none: its trace would lead back to the person.
 */
export const tracedPublish =
  (publish: Publish, system: string, telemetry: Telemetry): Publish =>
  async (events) => {
    const sent = events.map((outgoing) => sending(outgoing, system, telemetry));
    const spans = sent.flatMap(({ span }) => span ?? []);
    try {
      await publish(sent.map(({ outgoing }) => outgoing));
    } catch (error) {
      for (const span of spans) fail(span, reasonOf(error));
      throw error;
    } finally {
      for (const span of spans) span.end();
    }
  };

function sending(outgoing: Outgoing, system: string, telemetry: Telemetry) {
  const { topic, event } = outgoing;
  const parent = spanContextFrom(event.traceparent);
  if (!parent) return { outgoing };
  const attributes = { ...messaging(system, topic, 'send'), ...typed(event) };
  const span = telemetry.begin(`send ${topic}`, { kind: SpanKind.PRODUCER, parent, attributes });
  return { span, outgoing: { topic, event: { ...event, traceparent: traceparentOf(span.spanContext()) } } };
}

/**
 * Handles events of the bus in a consumer span: one alone continues its producer's trace, several together are a trace of
 * their own, linked to those that they come from.
 */
export function inConsumerSpan(
  telemetry: Telemetry,
  { system, topic, group }: { readonly system: string; readonly topic: string; readonly group: string },
  events: readonly CloudEvent[],
  work: () => Promise<void>,
): Promise<void> {
  const [event, another] = events;
  const alone = another ? undefined : event;
  const attributes = {
    ...messaging(system, topic, 'process'),
    ...(alone ? typed(alone) : { 'messaging.batch.message_count': events.length }),
    'messaging.consumer.group.name': group,
  };
  const parent = spanContextFrom(alone?.traceparent) ?? null;
  return telemetry.inSpan(`process ${topic}`, { kind: SpanKind.CONSUMER, parent, attributes }, async (span) => {
    if (!alone && span.isRecording()) span.addLinks(linksTo(events.map(({ traceparent }) => traceparent)));
    await work();
  });
}

/** OpenTelemetry's messaging and CloudEvents conventions. */
const messaging = (system: string, topic: string, operation: 'send' | 'process') => ({
  'messaging.system': system,
  'messaging.destination.name': topic,
  'messaging.operation.name': operation,
  'messaging.operation.type': operation,
});

const typed = ({ type }: CloudEvent) => ({ 'cloudevents.event_type': type });

/** OpenTelemetry keeps no more by default. */
const MAX_LINKS = 128;

/** One batch that a read model folds: a trace of its own, linked to those that its events come from. */
export async function inProjectionSpan(
  telemetry: Telemetry,
  model: string,
  events: readonly RecordedEvent[],
  work: () => Promise<void>,
): Promise<void> {
  const began = performance.now();
  const attributes = { 'tsunagu.read_model': model, 'tsunagu.events': events.length };
  await telemetry.inSpan(`project ${model}`, { parent: null, attributes }, async (span) => {
    if (span.isRecording()) span.addLinks(linksTo(events.map(({ metadata }) => metadata.traceparent)));
    await work();
  });
  const labels = { 'tsunagu.service': telemetry.service, read_model: model };
  const description = 'Time to fold a batch of events and write its rows.';
  telemetry.duration('tsunagu.projection.batch.duration', description, secondsSince(began), labels);
}

function linksTo(traceparents: readonly (string | undefined)[]): Link[] {
  return [...new Set(traceparents)].slice(0, MAX_LINKS).flatMap((traceparent) => {
    const context = spanContextFrom(traceparent);
    return context ? [{ context }] : [];
  });
}
