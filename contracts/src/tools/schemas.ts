import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { catalogue } from '../catalogue';
import { type ContractEvent, serviceNames } from '../envelope';
import type { Contract } from './compatibility';
import { constraintsOf, type Schema, type SchemaObject } from './json-schema';

export type ContractKind = 'event' | 'request' | 'response';

export interface NamedContract extends Contract {
  /** `<service>/<name>`, unique within its kind. */
  readonly name: string;
  readonly kind: ContractKind;
}

const produced = (schema: z.ZodType): SchemaObject => z.toJSONSchema(schema, { io: 'output' }) as SchemaObject;
const accepted = (schema: z.ZodType): SchemaObject => z.toJSONSchema(schema, { io: 'input' }) as SchemaObject;

/** `consent-granted.v1` */
export const eventName = ({ type }: ContractEvent): string => type.split('.').slice(2).join('.');

/** `consent/consent-granted.v1` */
export const eventPath = (event: ContractEvent): string => `${event.service}/${eventName(event)}`;

export const eventContracts = (): readonly NamedContract[] =>
  catalogue.map((event) => ({
    name: eventPath(event),
    kind: 'event',
    produced: { $id: `urn:tsunagu:${event.type}`, title: event.name, ...produced(event.schema) },
    accepted: { title: event.name, ...accepted(event.schema) },
  }));

/** Every schema that a `*http.v1` module exports under a type's name. Requests are strict: they refuse what they do not know. */
export function httpContracts(): readonly NamedContract[] {
  const source = join(__dirname, '..');
  return serviceNames.flatMap((service) =>
    modulesOf(join(source, service)).flatMap((file) =>
      Object.entries(exportsOf(file)).flatMap(([name, schema]) =>
        schema instanceof z.ZodType && /^[A-Z]/.test(name) ? [httpContract(`${service}/${name}`, schema)] : [],
      ),
    ),
  );
}

function modulesOf(folder: string): readonly string[] {
  try {
    const files = readdirSync(folder).filter((file) => /http\.v1\.(js|ts)$/.test(file));
    return files.sort().map((file) => join(folder, file));
  } catch {
    return [];
  }
}

function exportsOf(file: string): Readonly<Record<string, unknown>> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loads what is there, without a list to forget
  return require(file) as Readonly<Record<string, unknown>>;
}

function httpContract(name: string, schema: z.ZodType): NamedContract {
  const input = accepted(schema);
  return { name, kind: isClosed(input) ? 'request' : 'response', produced: produced(schema), accepted: input };
}

function isClosed(schema: Schema): boolean {
  const constraints = constraintsOf(schema);
  if (constraints === false) return true;
  const branches = constraints.anyOf ?? constraints.oneOf;
  return branches ? branches.every(isClosed) : constraints.additionalProperties === false;
}
