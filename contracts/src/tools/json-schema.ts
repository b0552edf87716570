/** JSON Schema 2020-12 as our generator writes it. */
export type Schema = boolean | SchemaObject;
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type TypeName = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

export interface SchemaObject {
  readonly [keyword: string]: unknown;
  readonly $ref?: string;
  readonly $defs?: { readonly [name: string]: Schema };
  readonly type?: TypeName | readonly TypeName[];
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly not?: Schema;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
  readonly propertyNames?: Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
}

/** Say something about a value, but never whether it is valid. */
const ANNOTATIONS = [
  '$schema',
  '$id',
  '$comment',
  'id',
  'title',
  'description',
  'default',
  'example',
  'examples',
].concat(['deprecated', 'readOnly', 'writeOnly']);

const JUDGED = ['$ref', '$defs', 'type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', 'not'].concat(
  ['properties', 'required', 'additionalProperties', 'propertyNames', 'minProperties', 'maxProperties'],
  ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems'],
  ['minLength', 'maxLength', 'pattern', 'format'],
  ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
);

const KNOWN = new Set([...ANNOTATIONS, ...JUDGED]);
const SILENT = new Set([...ANNOTATIONS, '$defs']);

export const unknownKeywords = (schema: SchemaObject): readonly string[] =>
  Object.keys(schema).filter((keyword) => !KNOWN.has(keyword));

/** Without annotations; `true`, `{}` and `{not: false}` all become `{}`, what accepts nothing becomes `false`. */
export function constraintsOf(schema: Schema): false | SchemaObject {
  if (typeof schema === 'boolean') return schema ? {} : false;
  if (schema.not !== undefined && constraintsOf(schema.not) !== false) {
    const negated = constraintsOf(schema.not);
    if (negated !== false && Object.keys(negated).length === 0) return false;
  }
  return Object.fromEntries(
    Object.entries(schema).filter(
      ([keyword, value]) => !SILENT.has(keyword) && !(keyword === 'not' && value === false),
    ),
  );
}

/** What a `#/$defs/…` or `#` reference points to, or undefined. */
export function resolve(ref: string, root: Schema): Schema | undefined {
  if (ref === '#') return root;
  const name = /^#\/\$defs\/([^/]+)$/.exec(ref)?.[1];
  if (name === undefined || typeof root === 'boolean') return undefined;
  return root.$defs?.[decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')];
}

/** JSON text with sorted keys: equal values give equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

export function typeOf(value: Json): TypeName {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value as 'boolean' | 'string' | 'object';
}
