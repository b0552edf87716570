import { isDeepStrictEqual } from 'node:util';
import { catalogue, cloudEvent, type ContractEvent } from '@tsunagu/contracts';
import type { Outgoing } from './port';

export type Catalogue = readonly ContractEvent[];

/**
 * The last gate before the bus, the same for every adapter: only what the contracts list leaves a service, on its own
 * topic, with exactly the listed fields. A field that slipped in might say something about a person.
 * @returns the event as it will travel
 * @throws Error naming the type and the fields at fault, never their values
 */
export function publishable({ topic, event }: Outgoing, contracts: Catalogue = catalogue): Outgoing {
  const contract = contracts.find(({ type }) => type === event.type);
  if (!contract) throw new Error(`${event.type} is not in the contracts: it may not be published`);
  if (contract.topic !== topic) throw new Error(`${event.type} belongs on ${contract.topic}, not on ${topic}`);
  const travelling: unknown = JSON.parse(JSON.stringify(event));
  const envelope = cloudEvent.safeParse(travelling);
  const content = contract.schema.safeParse((travelling as { data?: unknown }).data);
  const faults = [...(envelope.error?.issues ?? []), ...(content.error?.issues ?? [])].map(({ path }) =>
    path.join('.'),
  );
  if (!envelope.success || !content.success)
    throw new Error(`${event.type} breaks its contract at: ${faults.join(', ')}`);
  if (!isDeepStrictEqual({ ...envelope.data, data: content.data }, travelling)) {
    throw new Error(`${event.type} carries fields that its contract does not list`);
  }
  return { topic, event };
}
