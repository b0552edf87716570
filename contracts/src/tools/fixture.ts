import { createHash } from 'node:crypto';
import type { CloudEvent, ContractEvent } from '../envelope';
import { constraintsOf, type Json, type Schema, type SchemaObject } from './json-schema';
import { eventName } from './schemas';

/** A first example of an event, to be kept as its golden fixture. Everything in it is invented, and always the same. */
export function fixtureOf(event: ContractEvent, schema: Schema): CloudEvent<Json> {
  const data = example('data', schema);
  const about = asObject(data);
  const id = uuid(eventName(event));
  const common = { specversion: '1.0', id, source: `/tsunagu/${event.service}`, type: event.type } as const;
  if (event.topic.endsWith('.facts')) return { ...common, ...unlinkable(id, event.service), data };
  const own = Object.entries(about).find(([name]) => name.endsWith('Id') && name !== 'personId')?.[1];
  const subject = String(own ?? about['personId'] ?? uuid('subject'));
  return {
    ...common,
    subject,
    time: '2026-11-22T00:00:01.000Z',
    datacontenttype: 'application/json',
    partitionkey: String(about['personId'] ?? subject),
    correlationid: uuid('correlation'),
    causationid: uuid('causation'),
    occurredat: '2026-11-22T09:00:00+09:00',
    actoruser: 'aoi',
    actoragency: 'tsumugi-city-desk',
    actorrole: 'caseworker',
    revision: 0,
    data,
  };
}

/** A fact names no actor, no day and nothing else that it could be joined by. */
const unlinkable = (id: string, service: string) =>
  ({
    subject: id,
    time: '2026-11-01T00:00:00Z',
    datacontenttype: 'application/json',
    partitionkey: id,
    correlationid: id,
    causationid: id,
    occurredat: '2026-11-01T00:00:00Z',
    actoruser: service,
    actorrole: 'service',
    revision: 0,
  }) as const;

const asObject = (value: Json): { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {};

/** A UUID that looks random and is always the same for a name. */
export function uuid(name: string): string {
  const hex = createHash('sha256').update(`tsunagu fixture ${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const TEXTS: readonly (readonly [name: RegExp, text: string])[] = [
  [/^from.*agency/i, 'tsumugi-city-desk'],
  [/^to.*agency/i, 'hidamari-npo'],
  [/agency|parties/i, 'tsumugi-city-desk'],
  [/owner|user/i, 'aoi'],
  [/role/i, 'caseworker'],
  [/language/i, 'ja'],
  [/area/i, 'つむぎ市'],
  [/month/i, '2026-11'],
  [/version/i, '1'],
  [/name/i, 'ひだまりカフェ'],
  [/organisationId/, 'hidamari-npo'],
  [/serviceId/, 'hidamari-cafe'],
  [/noticeId/, 'sharing-with-other-agencies'],
  [/status/i, 'requested'],
  [/outcome/i, 'need-met'],
  [/instrument/i, 'ucla-3-item'],
  [/subject$/i, 'referral'],
];

function example(name: string, schema: Schema): Json {
  const constraints = constraintsOf(schema);
  if (constraints === false) return null;
  const [branch] = constraints.anyOf ?? constraints.oneOf ?? [];
  if (branch !== undefined) return example(name, branch);
  if (constraints.const !== undefined) return constraints.const;
  if (constraints.enum?.[0] !== undefined) return constraints.enum[0];
  return ofType([constraints.type ?? 'null'].flat()[0] ?? 'null', name, constraints);
}

function ofType(type: string, name: string, schema: SchemaObject): Json {
  switch (type) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, one]) => [key, example(key, one)]));
    case 'array':
      return [example(name, schema.items ?? { type: 'string' })];
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1);
    case 'boolean':
      return true;
    case 'string':
      return text(name, schema);
    default:
      return null;
  }
}

function text(name: string, { format, pattern }: SchemaObject): string {
  if (format === 'uuid') return uuid(name);
  if (format === 'date-time') return '2026-12-01T09:00:00+09:00';
  if (format === 'date') return '2026-12-01';
  const known = TEXTS.find(([pattern]) => pattern.test(name))?.[1];
  if (known !== undefined && (pattern === undefined || new RegExp(pattern).test(known))) return known;
  return /id$/i.test(name) ? uuid(name) : 'example';
}
