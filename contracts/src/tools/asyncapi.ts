import { catalogue, topics } from '../catalogue';
import type { ContractEvent } from '../envelope';
import { eventPath } from './schemas';

const channelName = (topic: string): string => topic.split('.').slice(1).join('-');
const messageName = ({ service, name, version }: ContractEvent): string => `${service}.${name}.v${version}`;
const on = (topic: string): readonly ContractEvent[] => catalogue.filter((event) => event.topic === topic);

/** AsyncAPI 3.0: one channel per topic, one message per event, CloudEvents around all of them. */
export function asyncApi(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tsunagu events',
      version: '1',
      description:
        'What the services tell each other and anybody who may listen. Events hold ids and codes, never what a person said. ' +
        'Delivery is at least once: skip ids you have seen. Events about one person come in order.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(topics.map((topic) => [channelName(topic), channel(topic)])),
    operations: Object.fromEntries(
      topics.map((topic) => [`publish-${channelName(topic)}`, { action: 'send', channel: channelRef(topic) }]),
    ),
    components: { messages: Object.fromEntries(catalogue.map((event) => [messageName(event), message(event)])) },
  };
}

const channelRef = (topic: string): object => ({ $ref: `#/channels/${channelName(topic)}` });

function channel(topic: string): object {
  const facts = topic.endsWith('.facts');
  return {
    address: topic,
    description: facts
      ? 'De-identified facts for counting: no person, no case, no day.'
      : 'Events about persons and the directory, in order per key.',
    messages: Object.fromEntries(
      on(topic).map((event) => [event.name, { $ref: `#/components/messages/${messageName(event)}` }]),
    ),
  };
}

function message(event: ContractEvent): object {
  const facts = event.topic.endsWith('.facts');
  return {
    name: event.type,
    title: event.name,
    contentType: 'application/cloudevents+json',
    payload: {
      allOf: [
        { $ref: './envelope.v1.json' },
        {
          type: 'object',
          properties: { type: { const: event.type }, data: { $ref: `./events/${eventPath(event)}.json` } },
        },
      ],
    },
    bindings: {
      kafka: {
        key: {
          type: 'string',
          description: facts
            ? 'Random: facts cannot be joined.'
            : 'The partitionkey: the person, or the directory entry.',
        },
      },
    },
  };
}

/** Block YAML with every string quoted as JSON quotes it, which YAML 1.2 reads the same. */
export function yaml(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    return value.map((one) => `${indent}-${nested(one, indent)}`).join('');
  }
  return Object.entries(value as object)
    .map(([key, one]) => `${indent}${/^[A-Za-z_][\w-]*$/.test(key) ? key : JSON.stringify(key)}:${nested(one, indent)}`)
    .join('');
}

const nested = (value: unknown, indent: string): string =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0
    ? `\n${yaml(value, `${indent}  `)}`
    : ` ${JSON.stringify(value)}\n`;
