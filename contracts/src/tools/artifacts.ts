import { z } from 'zod';
import { cloudEvent } from '../envelope';
import { asyncApi, yaml } from './asyncapi';
import { eventContracts, httpContracts, type NamedContract } from './schemas';

/** Path below `contracts/generated` → text. The same source always gives the same bytes. */
export type Artifacts = ReadonlyMap<string, string>;

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * `events/` and `http/`: what is sent. `readers/`: what is accepted, kept where it differs, because compatibility is
 * judged between what one side sends and the other accepts.
 */
export function artifacts(): Artifacts {
  const all: [string, string][] = [
    ['envelope.v1.json', json({ $id: 'urn:tsunagu:envelope.v1', ...z.toJSONSchema(cloudEvent, { io: 'input' }) })],
    ['asyncapi.yaml', `# Generated from contracts/src by npm run generate.\n${yaml(asyncApi())}`],
    ...[...eventContracts(), ...httpContracts()].flatMap(filesOf),
  ];
  return new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function filesOf(contract: NamedContract): [string, string][] {
  const folder = contract.kind === 'event' ? 'events' : `http/${contract.kind}s`;
  const main = contract.kind === 'request' ? contract.accepted : contract.produced;
  const files: [string, string][] = [[`${folder}/${contract.name}.json`, json(main)]];
  if (contract.kind !== 'request') files.push([`readers/${folder}/${contract.name}.json`, json(contract.accepted)]);
  return files;
}
