import type { FindingCode } from './findings';
import { included } from './inclusion';
import type { Schema, SchemaObject } from './json-schema';

const object = (properties: Record<string, Schema>, required = Object.keys(properties)): SchemaObject => ({
  type: 'object',
  properties,
  required,
});
const closed = (schema: SchemaObject): SchemaObject => ({ ...schema, additionalProperties: false });
const text: SchemaObject = { type: 'string' };
const codes = (...values: string[]): SchemaObject => ({ type: 'string', enum: values });
const tagged = (tag: string, more: Record<string, Schema> = {}): SchemaObject =>
  object({ kind: { type: 'string', const: tag }, ...more });

const codesOf = (sub: Schema, sup: Schema) => [...new Set(included(sub, sup).map(({ code }) => code))];

type Pair = [what: string, sent: Schema, accepted: Schema, code: FindingCode];

describe('a value that may be sent and is not accepted is found', () => {
  const pairs: Pair[] = [
    ['a property becomes required', closed(object({ a: text })), object({ a: text, b: text }), 'required'],
    ['a required property becomes optional', closed(object({ a: text }, [])), object({ a: text }), 'required'],
    ['a required property is gone', closed(object({})), object({ a: text }), 'required'],
    ['an unknown property is refused', closed(object({ a: text, b: text })), closed(object({ a: text })), 'property'],
    ['extra properties are refused', object({ a: text }), closed(object({ a: text })), 'property'],
    ['extra properties are typed', object({}), { ...object({}), additionalProperties: text }, 'type'],
    [
      'a nested property changes',
      object({ a: object({ b: text }) }),
      object({ a: object({ b: { type: 'number' } }) }),
      'type',
    ],
    ['a code is gone', codes('a', 'b'), codes('a'), 'enum'],
    ['a code is new to the reader', codes('a', 'b', 'c'), codes('a', 'b'), 'enum'],
    ['free text becomes a list', text, codes('a'), 'enum'],
    ['a constant changes', { const: 'v1' }, { const: 'v2' }, 'enum'],
    ['a list becomes a constant', codes('a', 'b'), { const: 'a' }, 'enum'],
    ['a type changes', text, { type: 'number' }, 'type'],
    ['a number becomes whole', { type: 'number' }, { type: 'integer' }, 'type'],
    ['null is refused', { type: ['string', 'null'] }, text, 'type'],
    ['null is refused, in branches', { anyOf: [text, { type: 'null' }] }, text, 'type'],
    ['anything is narrowed', {}, text, 'type'],
    ['nothing is accepted', text, false, 'property'],
    ['never is accepted', text, { not: {} }, 'property'],
    ['a format is asked for', text, { type: 'string', format: 'date' }, 'format'],
    ['a format changes', { type: 'string', format: 'date' }, { type: 'string', format: 'date-time' }, 'format'],
    ['a pattern is asked for', text, { type: 'string', pattern: '^a' }, 'pattern'],
    ['a pattern changes', { type: 'string', pattern: '^a' }, { type: 'string', pattern: '^b' }, 'pattern'],
    ['a code breaks the pattern', codes('b'), { type: 'string', pattern: '^a' }, 'pattern'],
    ['text must be longer', text, { type: 'string', minLength: 1 }, 'bounds'],
    ['text must be shorter', { type: 'string', maxLength: 9 }, { type: 'string', maxLength: 8 }, 'bounds'],
    ['a code is too long', codes('abc'), { type: 'string', maxLength: 2 }, 'bounds'],
    ['a minimum rises', { type: 'number', minimum: 0 }, { type: 'number', minimum: 1 }, 'bounds'],
    ['a maximum falls', { type: 'number', maximum: 2 }, { type: 'number', maximum: 1 }, 'bounds'],
    ['a minimum becomes exclusive', { type: 'number', minimum: 0 }, { type: 'number', exclusiveMinimum: 0 }, 'bounds'],
    ['a maximum becomes exclusive', { type: 'number', maximum: 0 }, { type: 'number', exclusiveMaximum: 0 }, 'bounds'],
    ['a step is asked for', { type: 'integer' }, { type: 'integer', multipleOf: 5 }, 'bounds'],
    ['a constant is out of bounds', { const: 5 }, { type: 'number', maximum: 4 }, 'bounds'],
    ['items change', { type: 'array', items: text }, { type: 'array', items: { type: 'number' } }, 'type'],
    [
      'a place of a tuple changes',
      { prefixItems: [text], type: 'array' },
      { prefixItems: [{ type: 'null' }], type: 'array' },
      'type',
    ],
    ['an item is needed', { type: 'array' }, { type: 'array', minItems: 1 }, 'bounds'],
    ['fewer items are taken', { type: 'array' }, { type: 'array', maxItems: 1 }, 'bounds'],
    ['items must differ', { type: 'array' }, { type: 'array', uniqueItems: true }, 'bounds'],
    ['more properties are needed', object({}), { ...object({}), minProperties: 1 }, 'bounds'],
    ['fewer properties are taken', object({}), { ...object({}), maxProperties: 1 }, 'bounds'],
    ['names are narrowed', { type: 'object' }, { type: 'object', propertyNames: { pattern: '^x-' } }, 'pattern'],
    ['a branch is gone', { anyOf: [text, { type: 'number' }] }, text, 'type'],
    ['no branch takes it', { type: 'boolean' }, { anyOf: [text, { type: 'number' }] }, 'no-branch'],
    ['a kind is new to the reader', { oneOf: [tagged('a'), tagged('b')] }, { oneOf: [tagged('a')] }, 'no-branch'],
    ['a kind asks for more', { oneOf: [tagged('a')] }, { oneOf: [tagged('a', { n: text })] }, 'required'],
    ['branches of oneOf overlap', text, { oneOf: [text, { minLength: 0 }] }, 'not-decidable'],
    ['every part of allOf counts', text, { allOf: [text, { type: 'string', minLength: 1 }] }, 'bounds'],
    [
      'a definition changes',
      { $ref: '#/$defs/a', $defs: { a: text } },
      { $ref: '#/$defs/a', $defs: { a: { type: 'null' } } },
      'type',
    ],
  ];

  it.each(pairs)('%s', (_, sent, accepted, code) => {
    expect(codesOf(sent, accepted)).toContain(code);
  });
});

describe('what is not understood is never called compatible', () => {
  const strange: [string, SchemaObject][] = [
    ['patternProperties', { type: 'object', patternProperties: { '^x': text } }],
    ['dependentRequired', { type: 'object', dependentRequired: { a: ['b'] } }],
    ['if', { if: text, then: { minLength: 1 } }],
    ['contains', { type: 'array', contains: text }],
    ['unevaluatedProperties', { type: 'object', unevaluatedProperties: false }],
    ['contentEncoding', { type: 'string', contentEncoding: 'base64' }],
    ['a keyword of tomorrow', { type: 'string', charm: 3 }],
  ];

  it.each(strange)('%s, on either side and however deep', (_, schema) => {
    expect(codesOf(schema, schema)).toEqual(['unknown-keyword']);
    expect(codesOf(object({ a: { type: 'array', items: schema } }), object({ a: {} }))).toEqual(['unknown-keyword']);
  });

  it('a negation', () => expect(codesOf({ not: text }, { not: text })).toEqual(['not-decidable']));
  it('a reference that leads nowhere', () =>
    expect(codesOf({ $ref: '#/$defs/gone' }, text)).toEqual(['unresolved-reference']));
  it('a reference to elsewhere', () =>
    expect(codesOf({ $ref: 'https://elsewhere.example/s.json' }, {})).toEqual(['unresolved-reference']));
});

describe('what is accepted is not complained about', () => {
  const list = (item: string): SchemaObject => ({
    $ref: '#/$defs/list',
    $defs: {
      list: object({
        value: { type: item as 'string' },
        next: { anyOf: [{ $ref: '#/$defs/list' }, { type: 'null' }] },
      }),
    },
  });
  const pairs: [what: string, sent: Schema, accepted: Schema][] = [
    ['an optional property is new', closed(object({ a: text })), object({ a: text, b: text }, ['a'])],
    ['a property that nobody asks for', closed(object({ a: text, b: text })), object({ a: text })],
    ['a code is new to the sender only', codes('a'), codes('a', 'b')],
    ['a list becomes free text', codes('a', 'b'), text],
    ['codes that fit the pattern', codes('ab', 'ac'), { type: 'string', pattern: '^a', maxLength: 2 }],
    ['null is newly accepted', text, { type: ['string', 'null'] }],
    ['null is newly accepted, in branches', { type: ['string', 'null'] }, { anyOf: [text, { type: 'null' }] }],
    ['a whole number where any will do', { type: 'integer', minimum: 1 }, { type: 'number', exclusiveMinimum: 0 }],
    [
      'bounds that widen',
      { type: 'string', minLength: 2, maxLength: 3 },
      { type: 'string', minLength: 1, maxLength: 4 },
    ],
    ['a step that divides', { type: 'integer', multipleOf: 10 }, { type: 'integer', multipleOf: 5 }],
    ['only words change', { ...text, title: 'A', description: 'a' }, { ...text, examples: ['b'], deprecated: true }],
    ['codes from two branches', codes('a', 'b'), { anyOf: [codes('a'), codes('b')] }],
    ['a kind is new to the sender only', { oneOf: [tagged('a')] }, { oneOf: [tagged('a'), tagged('b')] }],
    [
      'a tuple becomes a list',
      { type: 'array', prefixItems: [text], items: false },
      { type: 'array', items: text, maxItems: 1 },
    ],
    ['known names', closed(object({ p: text })), { type: 'object', propertyNames: { enum: ['p', 'q'] } }],
    ['a recursive definition, unchanged', list('string'), list('string')],
    ['a reference is written out', { $ref: '#/$defs/a', $defs: { a: codes('a') } }, text],
  ];

  it.each(pairs)('%s', (_, sent, accepted) => {
    expect(included(sent, accepted)).toEqual([]);
  });

  it('but a recursive definition that changed is', () =>
    expect(codesOf(list('string'), list('number'))).toContain('type'));
});

it('says where', () => {
  const [found] = included(
    object({ plans: { type: 'array', items: object({ owner: text }) } }),
    object({ plans: { type: 'array', items: object({ owner: { type: 'null' } }) } }),
  );
  expect(found?.path).toBe('/plans/*/owner');
});
