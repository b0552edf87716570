import type { CloudEvent } from '@tsunagu/contracts';
import { allOnceInto, type ConsumeOptions, type Consumer, onceAfter, onceInto } from '@tsunagu/event-bus';
import { foldInto } from '@tsunagu/read-models';
import type { DataSource } from 'typeorm';
import type { BusConsumer } from './definition';
import type { Engines } from './engines';
import { inConsumerSpan } from './telemetry/events';
import type { Telemetry } from './telemetry/telemetry';

type Handle = (events: readonly CloudEvent[]) => Promise<void>;

/** All at once: on Kafka, joining a group takes seconds. */
export const consuming = (
  groups: readonly BusConsumer[],
  { bus, reads }: Engines,
  system: string,
  telemetry: Telemetry,
): Promise<readonly Consumer[]> =>
  Promise.all(groups.map((consumer) => bus.consume(optionsOf(consumer, reads, system, telemetry))));

function optionsOf(consumer: BusConsumer, reads: DataSource, system: string, telemetry: Telemetry): ConsumeOptions {
  const { group, events } = consumer;
  const topics = [...new Set(events.map(({ topic }) => topic))];
  const topicOf = new Map(events.map(({ type, topic }) => [type, topic]));
  const effect = effectOf(consumer, reads);
  const handleTogether: Handle = async (came) => {
    const its = came.filter(({ type }) => topicOf.has(type));
    const topic = topicOf.get(its[0]?.type ?? '');
    if (topic !== undefined) await inConsumerSpan(telemetry, { system, topic, group }, its, () => effect(its));
  };
  const handle = (event: CloudEvent): Promise<void> => handleTogether([event]);
  return { group, topics, handle, ...('handle' in consumer ? {} : { handleTogether }) };
}

/** Each event has it once. Only what writes as it likes must have it event by event. */
function effectOf(consumer: BusConsumer, reads: DataSource): Handle {
  const { group } = consumer;
  if ('models' in consumer) {
    return allOnceInto(reads, group, async (events, tx) => {
      for (const model of consumer.models) await foldInto(tx, model, events);
    });
  }
  if ('react' in consumer) return onceAfter(reads, group, (event) => consumer.react(event));
  const once = onceInto(reads, group, (event, tx) => consumer.handle(event, tx));
  return async (events) => {
    for (const event of events) await once(event);
  };
}
