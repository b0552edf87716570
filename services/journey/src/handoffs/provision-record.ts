import type { HandoffRow } from './handoffs.entity';

/** Records that APPI Art. 29 asks of who provides personal data, and Art. 30 of who receives it. */
export interface ProvisionRecords {
  readonly article29: {
    /** Date of the provision. */
    readonly date: string;
    /** Recipient. */
    readonly recipient: string | null;
    readonly person: string;
    /** Items provided. */
    readonly items: readonly string[];
    /** Fact of the person's consent. */
    readonly consent: { readonly authorisationId: string; readonly grantIds: readonly string[] };
  };
  readonly article30: {
    readonly date: string;
    /** Who provided. */
    readonly provider: string;
    /** How the provider came to hold the data. */
    readonly acquisition: string;
    readonly person: string;
    readonly items: readonly string[];
    readonly consent: { readonly authorisationId: string; readonly grantIds: readonly string[] };
  };
}

/** Both sides' records from one handoff; none before anything was given. */
export function provisionRecordsOf(handoff: HandoffRow): ProvisionRecords | null {
  const { authorisationId, givenAt, grantIds, categories, personId, fromAgency, toAgency } = handoff;
  if (authorisationId === null || givenAt === null) return null;
  const consent = { authorisationId, grantIds };
  const both = { date: givenAt.toISOString(), person: personId, items: categories, consent };
  return {
    article29: { ...both, recipient: toAgency },
    article30: { ...both, provider: fromAgency, acquisition: 'told by the person in a consultation' },
  };
}
