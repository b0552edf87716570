import type { ContractEvent, DataOf } from './envelope';

/** A stored event as the contract tells it to others. */
export interface Publication {
  readonly contract: ContractEvent;
  /** Id of the aggregate. */
  readonly subject: string;
  /** Person id where the event is about one, else the aggregate's id. Facts need none. */
  readonly key: string;
  readonly data: object;
}

export const publicationOf = <Event extends ContractEvent>(
  contract: Event,
  about: { readonly subject: string; readonly key: string; readonly data: DataOf<Event> & object },
): Publication => ({ contract, ...about });
