import { z } from 'zod';
import { cloudEvent } from '../envelope';
import { asyncApi, yaml } from './asyncapi';
import { eventContracts, httpContracts, type NamedContract } from './schemas';

/** Path below `contracts/generated` → text. The same source always gives the same bytes. */
export type Artifacts = ReadonlyMap<string, string>;

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** What a producer sends, and what a service takes in requests. */
export function artifacts(): Artifacts {
  const all: [string, string][] = [
    ['envelope.v1.json', json({ $id: 'urn:tsunagu:envelope.v1', ...z.toJSONSchema(cloudEvent, { io: 'input' }) })],
    ['asyncapi.yaml', `# Generated from contracts/src by npm run generate.\n${yaml(asyncApi())}`],
    ...[...eventContracts(), ...httpContracts()].map((contract): [string, string] => [
      pathOf(contract),
      json(contract.kind === 'request' ? contract.accepted : contract.produced),
    ]),
  ];
  return new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const pathOf = ({ kind, name }: NamedContract): string =>
  `${kind === 'event' ? 'events' : `http/${kind}s`}/${name}.json`;
