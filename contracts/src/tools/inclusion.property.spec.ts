import Ajv from 'ajv/dist/2020';
import fc from 'fast-check';
import { included } from './inclusion';
import type { Json, Schema, SchemaObject } from './json-schema';

/** Ajv is the oracle: whatever it accepts under the one schema it must accept under the other, when we found nothing. */
const ajv = new Ajv({ strict: false, logger: false });
const validator = (schema: Schema) => ajv.compile(schema);

const NAMES = ['a', 'b', 'c'];
const words = fc.constantFrom('', 'a', 'ab', 'abc', 'b');
const numbers = fc.integer({ min: -3, max: 3 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Drops what was not chosen. */
const schemaOf = (parts: Record<string, unknown>): SchemaObject =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));

const leaf: fc.Arbitrary<Schema> = fc.oneof(
  fc.constantFrom<Schema>(true, false, {}, { type: 'null' }, { type: 'boolean' }, { not: {} }),
  fc
    .record({ type: fc.constant('string'), enum: maybe(fc.uniqueArray(words, { minLength: 1, maxLength: 3 })) })
    .map(schemaOf),
  fc
    .record({
      type: fc.constant('string'),
      minLength: maybe(fc.nat(2)),
      maxLength: maybe(fc.nat(3)),
      pattern: maybe(fc.constantFrom('^a', 'b$')),
    })
    .map(schemaOf),
  fc
    .record({
      type: fc.constantFrom('integer', 'number'),
      minimum: maybe(numbers),
      maximum: maybe(numbers),
      exclusiveMinimum: maybe(numbers),
      exclusiveMaximum: maybe(numbers),
      multipleOf: maybe(fc.constantFrom(1, 2)),
    })
    .map(schemaOf),
  fc
    .uniqueArray(fc.oneof(words, numbers, fc.constant(null)), { minLength: 1, maxLength: 3 })
    .map((values) => ({ enum: values })),
  fc.oneof(words, numbers, fc.constant(null)).map((value) => ({ const: value })),
  fc.constant<Schema>({ type: ['string', 'null'] }),
);

const { schema } = fc.letrec<{ schema: Schema }>((tie) => {
  const inner = tie('schema');
  const properties = fc.dictionary(fc.constantFrom(...NAMES), inner, { maxKeys: 2, noNullPrototype: true });
  return {
    schema: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'schema' },
      leaf,
      fc
        .record({
          type: fc.constant('object'),
          properties: maybe(properties),
          required: maybe(fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 })),
          additionalProperties: maybe(inner),
          propertyNames: maybe(fc.constantFrom<Schema>({ enum: ['a', 'b'] }, { type: 'string', maxLength: 1 })),
          minProperties: maybe(fc.nat(2)),
          maxProperties: maybe(fc.nat(3)),
        })
        .map(schemaOf),
      fc
        .record({
          type: fc.constant('array'),
          items: maybe(inner),
          prefixItems: maybe(fc.array(inner, { minLength: 1, maxLength: 2 })),
          minItems: maybe(fc.nat(2)),
          maxItems: maybe(fc.nat(3)),
          uniqueItems: maybe(fc.boolean()),
        })
        .map(schemaOf),
      fc.array(inner, { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
      fc.array(inner, { minLength: 1, maxLength: 2 }).map((oneOf) => ({ oneOf })),
      fc.array(inner, { minLength: 1, maxLength: 2 }).map((allOf) => ({ allOf })),
    ),
  };
});

const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.oneof<fc.Arbitrary<Json>[]>(words, numbers, fc.constantFrom(0.5, null, true, false)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES, 'd'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

/** A schema and a small change of it: near misses find more mistakes than strangers do. */
const pair = fc.oneof(
  fc.tuple(schema, schema),
  schema.chain((one) =>
    fc.tuple(fc.constant(one), leaf).map(([old, other]): [Schema, Schema] => [old, changed(old, other)]),
  ),
  schema.chain((one) =>
    fc.tuple(fc.constant(one), leaf).map(([old, other]): [Schema, Schema] => [changed(old, other), old]),
  ),
);

function changed(old: Schema, other: Schema): Schema {
  if (typeof old === 'boolean') return other;
  const [keyword] = Object.keys(old).filter((name) => name !== 'type');
  if (keyword === undefined) return { anyOf: [old, other] };
  if (keyword === 'properties') return { ...old, properties: { ...old.properties, a: other } };
  return Object.fromEntries(Object.entries(old).filter(([name]) => name !== keyword));
}

describe('silence is a promise', () => {
  it('whatever is valid for the one is valid for the other when nothing was found', () => {
    let informative = 0;
    fc.assert(
      fc.property(pair, fc.array(value, { minLength: 20, maxLength: 40 }), ([sent, taken], values) => {
        if (included(sent, taken).length > 0) return;
        const [sends, takes] = [validator(sent), validator(taken)];
        for (const one of values) {
          if (!sends(one)) continue;
          informative += 1;
          if (!takes(one))
            throw new Error(
              `${JSON.stringify(one)} is valid for ${JSON.stringify(sent)} only, not ${JSON.stringify(taken)}`,
            );
        }
      }),
      { numRuns: 1_500 },
    );
    expect(informative).toBeGreaterThan(500);
  });

  it('nothing is found wrong with a schema beside itself', () => {
    const plainly = schema.filter((one) => !/"oneOf"|"allOf"|"not"/.test(JSON.stringify(one)));
    fc.assert(
      fc.property(plainly, (one) => expect(included(one, one)).toEqual([])),
      { numRuns: 500 },
    );
  });
});
