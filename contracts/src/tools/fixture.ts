import { createHash } from 'node:crypto';
import type { CloudEvent, ContractEvent } from '../envelope';
import { constraintsOf, type Json, type Schema, type SchemaObject } from './json-schema';
import { eventName, eventPath } from './schemas';

/** A first example of an event, to be kept as its golden fixture. Everything in it is invented, and always the same. */
export function fixtureOf(event: ContractEvent, schema: Schema): CloudEvent<Json> {
  const data = example('data', schema);
  const about = typeof data === 'object' && data !== null && !Array.isArray(data) ? data : {};
  const facts = event.topic.endsWith('.facts');
  const own = Object.entries(about).find(([name]) => name.endsWith('Id') && name !== 'personId')?.[1];
  const subject = facts ? uuid(eventPath(event)) : String(own ?? uuid('subject'));
  const person = 'personId' in about ? String(about['personId']) : subject;
  return {
    specversion: '1.0',
    id: uuid(eventName(event)),
    source: `/tsunagu/${event.service}`,
    type: event.type,
    subject,
    time: '2026-11-22T00:00:01.000Z',
    datacontenttype: 'application/json',
    partitionkey: facts ? subject : person,
    correlationid: uuid('correlation'),
    causationid: uuid('causation'),
    occurredat: '2026-11-22T09:00:00+09:00',
    actoruser: facts ? 'platform' : 'aoi',
    ...(facts ? {} : { actoragency: 'tsumugi-city-desk' }),
    actorrole: facts ? 'service' : 'caseworker',
    revision: 0,
    data,
  };
}

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
