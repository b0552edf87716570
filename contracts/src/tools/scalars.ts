import { type Comparison, finding, type Finding } from './findings';
import { canonical, type Json, type SchemaObject, type TypeName } from './json-schema';

/** The closed list of values, as canonical text. */
export function valuesOf(schema: SchemaObject): readonly string[] | undefined {
  if (schema.const !== undefined) return [canonical(schema.const)];
  return schema.enum?.map(canonical);
}

export function listedValues(
  given: readonly Json[] | undefined,
  sup: SchemaObject,
  at: Comparison,
): readonly Finding[] {
  const accepted = valuesOf(sup);
  if (accepted === undefined) return [];
  if (given === undefined) return finding(at, 'enum', `only ${accepted.join(', ')} are accepted`);
  const refused = given.map(canonical).filter((value) => !accepted.includes(value));
  return refused.length === 0 ? [] : finding(at, 'enum', `${refused.join(', ')} not accepted`);
}

export function typeFindings(type: TypeName, sup: SchemaObject, at: Comparison): readonly Finding[] {
  if (sup.type === undefined) return [];
  const accepted = [sup.type].flat() as readonly TypeName[];
  if (accepted.includes(type) || (type === 'integer' && accepted.includes('number'))) return [];
  return finding(at, 'type', `${type} is not ${accepted.join(' or ')}`);
}

export const atLeast = (what: string, sub: number, sup: number, at: Comparison): readonly Finding[] =>
  sub >= sup ? [] : finding(at, 'bounds', `${what} ${sup} is stricter than ${sub}`);

export const atMost = (what: string, sub: number, sup: number, at: Comparison): readonly Finding[] =>
  sub <= sup ? [] : finding(at, 'bounds', `${what} ${sup} is stricter than ${sub}`);

function same(keyword: 'pattern' | 'format', sub: SchemaObject, sup: SchemaObject, at: Comparison): readonly Finding[] {
  if (sup[keyword] === undefined || sub[keyword] === sup[keyword]) return [];
  return finding(at, keyword, `${keyword} ${sup[keyword]} is asked for, ${sub[keyword] ?? 'none'} was promised`);
}

export const stringFindings = (sub: SchemaObject, sup: SchemaObject, at: Comparison): readonly Finding[] => [
  ...atLeast('minLength', sub.minLength ?? 0, sup.minLength ?? 0, at),
  ...atMost('maxLength', sub.maxLength ?? Infinity, sup.maxLength ?? Infinity, at),
  ...same('pattern', sub, sup, at),
  ...same('format', sub, sup, at),
];

interface Interval {
  readonly low: number;
  readonly above: number;
  readonly high: number;
  readonly under: number;
}

const intervalOf = (schema: SchemaObject): Interval => ({
  low: schema.minimum ?? -Infinity,
  above: schema.exclusiveMinimum ?? -Infinity,
  high: schema.maximum ?? Infinity,
  under: schema.exclusiveMaximum ?? Infinity,
});

export function numberFindings(sub: SchemaObject, sup: SchemaObject, at: Comparison): readonly Finding[] {
  const [sent, taken] = [intervalOf(sub), intervalOf(sup)];
  const isAbove = taken.above === -Infinity || sent.above >= taken.above || sent.low > taken.above;
  const isUnder = taken.under === Infinity || sent.under <= taken.under || sent.high < taken.under;
  return [
    ...atLeast('minimum', Math.max(sent.low, sent.above), taken.low, at),
    ...atMost('maximum', Math.min(sent.high, sent.under), taken.high, at),
    ...(isAbove ? [] : finding(at, 'bounds', `must now be above ${taken.above}`)),
    ...(isUnder ? [] : finding(at, 'bounds', `must now be below ${taken.under}`)),
    ...stepFindings(sub, sup, at),
  ];
}

function stepFindings(sub: SchemaObject, sup: SchemaObject, at: Comparison): readonly Finding[] {
  if (sup.multipleOf === undefined) return [];
  const step = sub.multipleOf ?? (sub.type === 'integer' ? 1 : NaN);
  return Number.isInteger(step / sup.multipleOf)
    ? []
    : finding(at, 'bounds', `must now be a multiple of ${sup.multipleOf}`);
}

export function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return false;
  }
}
