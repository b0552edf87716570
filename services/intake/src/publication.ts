import type { ContractEvent, DataOf } from '@tsunagu/contracts';

/** A stored event as the contract tells it: the platform's Publication. */
export interface Publication {
  readonly contract: ContractEvent;
  readonly subject: string;
  readonly key: string;
  readonly data: object;
}

/** Checks the data against the contract event's own type. */
export const publicationOf = <Event extends ContractEvent>(
  contract: Event,
  about: { readonly subject: string; readonly key: string; readonly data: DataOf<Event> & object },
): Publication => ({ contract, ...about });
