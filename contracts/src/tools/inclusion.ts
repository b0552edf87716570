import { below, type Comparison, finding, type Finding } from './findings';
import {
  canonical,
  constraintsOf,
  type Json,
  resolve,
  type Schema,
  type SchemaObject,
  typeOf,
  type TypeName,
  unknownKeywords,
} from './json-schema';
import {
  atLeast,
  atMost,
  listedValues,
  matches,
  numberFindings,
  stringFindings,
  typeFindings,
  valuesOf,
} from './scalars';

/**
 * Is every value that is valid for `sub` also valid for `sup`? No findings: yes. Findings may be overcautious, silence
 * never is: what this does not understand or cannot decide is a finding.
 */
export function included(sub: Schema, sup: Schema): readonly Finding[] {
  return compare(sub, sup, { subRoot: sub, supRoot: sup, assumed: new Set(), path: '' });
}

function compare(subSchema: Schema, supSchema: Schema, at: Comparison): readonly Finding[] {
  const strange = [subSchema, supSchema].flatMap((schema) =>
    typeof schema === 'boolean' ? [] : unknownKeywords(schema),
  );
  if (strange.length > 0)
    return finding(at, 'unknown-keyword', `does not understand ${[...new Set(strange)].join(', ')}`);
  const sub = constraintsOf(subSchema);
  const sup = constraintsOf(supSchema);
  if (sub === false) return [];
  if (sup === false) return finding(at, 'property', 'nothing is accepted here any more');
  if (sup.not !== undefined || sub.not !== undefined) return finding(at, 'not-decidable', 'does not decide `not`');
  return (
    throughReferences(sub, sup, at) ??
    throughSubBranches(sub, sup, at) ??
    throughSupBranches(sub, sup, at) ??
    plain(sub, sup, at)
  );
}

const without = (schema: SchemaObject, keyword: string): SchemaObject =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => key !== keyword));

const isEmpty = (schema: SchemaObject): boolean => Object.keys(schema).length === 0;

function throughReferences(sub: SchemaObject, sup: SchemaObject, at: Comparison): readonly Finding[] | undefined {
  if (sub.$ref === undefined && sup.$ref === undefined) return undefined;
  const pair = `${canonical(sub)} ${canonical(sup)}`;
  if (at.assumed.has(pair)) return [];
  const next = { ...at, assumed: new Set([...at.assumed, pair]) };
  const left = dereferenced(sub, at.subRoot);
  const right = dereferenced(sup, at.supRoot);
  if (left === undefined || right === undefined) {
    return finding(at, 'unresolved-reference', `cannot follow ${left === undefined ? sub.$ref : sup.$ref}`);
  }
  return compare(left, right, next);
}

function dereferenced(schema: SchemaObject, root: Schema): Schema | undefined {
  if (schema.$ref === undefined) return schema;
  const target = resolve(schema.$ref, root);
  const beside = without(schema, '$ref');
  return target === undefined || isEmpty(beside) ? target : { allOf: [target, beside] };
}

/** Every branch of what may be sent must be accepted; of a conjunction, one part that is accepted suffices. */
function throughSubBranches(sub: SchemaObject, sup: SchemaObject, at: Comparison): readonly Finding[] | undefined {
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const branches = sub[keyword];
    if (branches === undefined) continue;
    const rest = without(sub, keyword);
    return branches.flatMap((branch) => compare(isEmpty(rest) ? branch : { allOf: [branch, rest] }, sup, at));
  }
  if (sub.allOf !== undefined) {
    const rest = without(sub, 'allOf');
    const parts = [...sub.allOf, ...(isEmpty(rest) ? [] : [rest])];
    // One part must answer for each demand of the other side.
    return demandsOf(sup).flatMap((demand) => fewest(parts.map((part) => compare(part, demand, at))));
  }
  if (Array.isArray(sub.type)) {
    return (sub.type as readonly TypeName[]).flatMap((type) => compare({ ...sub, type }, sup, at));
  }
  const values = sub.enum;
  if (values !== undefined && values.length > 1 && (sup.anyOf ?? sup.oneOf) !== undefined) {
    return values.flatMap((value) => compare({ ...sub, enum: [value] }, sup, at));
  }
  return undefined;
}

function demandsOf(sup: SchemaObject): readonly Schema[] {
  if (sup.allOf === undefined) return [sup];
  const rest = without(sup, 'allOf');
  return [...sup.allOf, ...(isEmpty(rest) ? [] : [rest])];
}

function throughSupBranches(sub: SchemaObject, sup: SchemaObject, at: Comparison): readonly Finding[] | undefined {
  if (sup.allOf !== undefined) return demandsOf(sup).flatMap((demand) => compare(sub, demand, at));
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const branches = sup[keyword];
    if (branches === undefined) continue;
    const rest = without(sup, keyword);
    const exclusive = keyword === 'anyOf' || disjoint(branches, at.supRoot);
    const ambiguous = exclusive ? [] : finding(at, 'not-decidable', 'cannot tell the oneOf branches apart');
    const tried = branches.map((branch) => compare(sub, branch, at));
    const taken = tried.some((findings) => findings.length === 0)
      ? []
      : [...finding(at, 'no-branch', 'no branch accepts all of this'), ...fewest(tried)];
    return [...ambiguous, ...taken, ...(isEmpty(rest) ? [] : compare(sub, rest, at))];
  }
  return undefined;
}

const fewest = (tried: readonly (readonly Finding[])[]): readonly Finding[] =>
  tried.reduce<readonly Finding[] | undefined>(
    (best, one) => (best && best.length <= one.length ? best : one),
    undefined,
  ) ?? [];

/** Told apart by a type, or by a required property with distinct constant values. */
function disjoint(branches: readonly Schema[], root: Schema): boolean {
  return branches.every((a, n) => branches.slice(n + 1).every((b) => apart(target(a, root), target(b, root))));
}

function target(schema: Schema, root: Schema): SchemaObject {
  const constraints = constraintsOf(schema);
  if (constraints === false) return {};
  const referred = constraints.$ref === undefined ? undefined : resolve(constraints.$ref, root);
  return referred === undefined || typeof referred === 'boolean' ? constraints : referred;
}

function apart(a: SchemaObject, b: SchemaObject): boolean {
  const values = [valuesOf(a), valuesOf(b)] as const;
  if (values[0] && values[1]) return !values[0].some((value) => values[1]?.includes(value));
  if (a.type !== undefined && b.type !== undefined && a.type !== b.type) {
    const types = [a.type, b.type].flat();
    if (new Set(types).size === types.length && !(types.includes('integer') && types.includes('number'))) return true;
  }
  if (a.type !== 'object' || b.type !== 'object') return false;
  return (a.required ?? []).some((name) => {
    if (!b.required?.includes(name)) return false;
    const [left, right] = [a.properties?.[name], b.properties?.[name]].map((one) =>
      one === undefined || typeof one === 'boolean' ? undefined : valuesOf(one),
    );
    return left !== undefined && right !== undefined && !left.some((value) => right.includes(value));
  });
}

function plain(sub: SchemaObject, sup: SchemaObject, at: Comparison): readonly Finding[] {
  const given = sub.const !== undefined ? [sub.const] : sub.enum;
  const listed = listedValues(given, sup, at);
  if (given !== undefined) {
    const finite = given.flatMap((value) => [
      ...typeFindings(typeOf(value), sup, at),
      ...valueFindings(value, sub, sup, at),
    ]);
    return [...listed, ...finite];
  }
  if (sub.type === undefined) {
    const undemanding = Object.keys(sup).length === 0;
    return undemanding ? [] : [...listed, ...finding(at, 'type', 'anything may be sent, but not anything is accepted')];
  }
  const type = sub.type as TypeName;
  return [...listed, ...typeFindings(type, sup, at), ...constraintFindings(type, sub, sup, at)];
}

/** A value named by `sub` against the constraints of `sup`: exact where it is a string or number, careful elsewhere. */
function valueFindings(value: Json, sub: SchemaObject, sup: SchemaObject, at: Comparison): readonly Finding[] {
  if (typeof value === 'string') {
    const length = [...value].length;
    const exact = { ...sub, minLength: length, maxLength: length };
    const fits = sup.pattern !== undefined && matches(sup.pattern, value);
    return stringFindings(fits ? { ...exact, pattern: sup.pattern } : exact, sup, at);
  }
  if (typeof value === 'number') {
    const step = sup.multipleOf;
    const fits = step !== undefined && Number.isInteger(value / step);
    return constraintFindings(
      'number',
      { minimum: value, maximum: value, ...(fits ? { multipleOf: step } : {}) },
      sup,
      at,
    );
  }
  if (typeof value !== 'object' || value === null || valuesOf(sup) !== undefined) return [];
  return finding(at, 'not-decidable', 'does not decide listed objects and arrays');
}

function constraintFindings(type: TypeName, sub: SchemaObject, sup: SchemaObject, at: Comparison): readonly Finding[] {
  switch (type) {
    case 'string':
      return stringFindings(sub, sup, at);
    case 'number':
    case 'integer':
      return numberFindings(sub, sup, at);
    case 'array':
      return arrayFindings(sub, sup, at);
    case 'object':
      return objectFindings(sub, sup, at);
    case 'boolean':
    case 'null':
      return [];
  }
}

const itemAt = (schema: SchemaObject, n: number): Schema => schema.prefixItems?.[n] ?? schema.items ?? true;

function longestOf({ items, prefixItems = [], maxItems = Infinity }: SchemaObject): number {
  return items === false ? Math.min(maxItems, prefixItems.length) : maxItems;
}

function arrayFindings(sub: SchemaObject, sup: SchemaObject, at: Comparison): readonly Finding[] {
  const longest = longestOf(sub);
  const places = Math.max(sub.prefixItems?.length ?? 0, sup.prefixItems?.length ?? 0);
  const shown = Array.from({ length: Math.min(places, longest) }, (_, n) => n);
  const unique = sup.uniqueItems === true && sub.uniqueItems !== true && longest > 1;
  return [
    ...atLeast('minItems', sub.minItems ?? 0, sup.minItems ?? 0, at),
    ...atMost('maxItems', longest, sup.maxItems ?? Infinity, at),
    ...(unique ? finding(at, 'bounds', 'items must now be unique') : []),
    ...shown.flatMap((n) => compare(itemAt(sub, n), itemAt(sup, n), below(at, n))),
    ...(longest > places ? compare(sub.items ?? true, sup.items ?? true, below(at, '*')) : []),
  ];
}

function objectFindings(sub: SchemaObject, sup: SchemaObject, at: Comparison): readonly Finding[] {
  const names = new Set([...Object.keys(sub.properties ?? {}), ...Object.keys(sup.properties ?? {})]);
  const property = (schema: SchemaObject, name: string): Schema =>
    ownProperty(schema, name) ?? schema.additionalProperties ?? true;
  const required = [...new Set(sub.required)];
  return [
    ...(sup.required ?? [])
      .filter((name) => !required.includes(name))
      .flatMap((name) => finding(below(at, name), 'required', 'is required, but may be absent')),
    ...[...names].flatMap((name) =>
      canCarry(sub, name) ? compare(property(sub, name), property(sup, name), below(at, name)) : [],
    ),
    ...compare(sub.additionalProperties ?? true, sup.additionalProperties ?? true, below(at, '*')),
    ...nameFindings(sub, sup, at),
    ...atLeast('minProperties', Math.max(sub.minProperties ?? 0, required.length), sup.minProperties ?? 0, at),
    ...atMost('maxProperties', mostProperties(sub), sup.maxProperties ?? Infinity, at),
  ];
}

const ownProperty = (schema: SchemaObject, name: string): Schema | undefined =>
  schema.properties !== undefined && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;

const canCarry = (schema: SchemaObject, name: string): boolean =>
  ownProperty(schema, name) !== undefined || schema.additionalProperties !== false;

const mostProperties = (schema: SchemaObject): number =>
  Math.min(
    schema.maxProperties ?? Infinity,
    schema.additionalProperties === false ? Object.keys(schema.properties ?? {}).length : Infinity,
  );

/** Names that may be sent, listed or free, must be names that are accepted. */
function nameFindings(sub: SchemaObject, sup: SchemaObject, at: Comparison): readonly Finding[] {
  const accepted = sup.propertyNames;
  if (accepted === undefined) return [];
  const here = below(at, '(name)');
  const promised = sub.propertyNames === undefined ? undefined : compare(sub.propertyNames, accepted, here);
  if (promised?.length === 0) return [];
  const names = Object.keys(sub.properties ?? {}).filter((name) => ownProperty(sub, name) !== false);
  const listed = names.length === 0 ? [] : compare({ type: 'string', enum: names }, accepted, here);
  const free = promised ?? compare({ type: 'string' }, accepted, here);
  return [...listed, ...(sub.additionalProperties === false ? [] : free)];
}
