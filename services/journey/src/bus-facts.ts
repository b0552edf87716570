import type { CloudEvent, ContractEvent, DataOf } from '@tsunagu/contracts';

/** What every event about a person says, whatever else it says. */
export interface AboutPerson {
  readonly personId: string;
  readonly parties: readonly string[];
}

/** The event's data when it is about a person. */
export function personIn(event: CloudEvent): (AboutPerson & Readonly<Record<string, unknown>>) | undefined {
  const { data } = event;
  if (typeof data !== 'object' || data === null || !('personId' in data) || !('parties' in data)) return undefined;
  return typeof data.personId === 'string' && Array.isArray(data.parties)
    ? (data as AboutPerson & Readonly<Record<string, unknown>>)
    : undefined;
}

/** The event's data when it is of that contract. */
export const dataOf = <Contract extends ContractEvent>(
  event: CloudEvent,
  contract: Contract,
): DataOf<Contract> | undefined => (event.type === contract.type ? (event.data as DataOf<Contract>) : undefined);

/** `tsunagu.referral.referral-sent.v1` and `/tsunagu/referral` → `referral` */
export const serviceOf = (event: CloudEvent): string => event.source.replace('/tsunagu/', '');

export const isRecordViewed = (event: CloudEvent): boolean => /\.record-viewed\.v1$/.test(event.type);
