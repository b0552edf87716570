import { actions, dataCategories, legalBases, purposes, roles } from '@tsunagu/contracts';

/** What is asked. Every field is required; what is missing or unknown denies, so all may be absent here. */
export interface DecisionRequest {
  readonly personId?: string;
  readonly recipient?: { readonly agency?: string; readonly user?: string; readonly role?: string };
  readonly purpose?: string;
  /** All of them must be permitted. */
  readonly categories?: readonly string[];
  readonly action?: string;
  /** Instant, RFC 3339, of the server that asks. */
  readonly at?: string;
  readonly legalBasis?: string;
}

/** The request once nothing is missing; `at` in ms since the epoch, categories as bits. */
export interface Asked {
  readonly agency: string;
  readonly user: string;
  readonly role: string;
  readonly purpose: string;
  readonly mask: number;
  readonly action: string;
  readonly at: number;
  readonly legalBasis: string;
}

const known = {
  purpose: new Set<string>(purposes.codes),
  action: new Set<string>(actions.codes),
  legalBasis: new Set<string>(legalBases.codes),
  role: new Set<string>(roles.codes),
};
const categoryBits = new Map<string, number>(dataCategories.codes.map((code, n) => [code, 1 << n]));

/** Bits of these categories; 0 when there are none or one is unknown. */
export function categoryMask(categories: readonly string[]): number {
  let mask = 0;
  for (const category of categories) {
    const bit = categoryBits.get(category);
    if (bit === undefined) return 0;
    mask |= bit;
  }
  return mask;
}

/** The request in the form that is compared, or the fields that are missing or hold an unknown code. */
export function readRequest(request: DecisionRequest): Asked | { readonly missing: readonly string[] } {
  const { agency = '', user = '', role = '' } = request.recipient ?? {};
  const { personId, purpose = '', categories = [], action = '', at = '', legalBasis = '' } = request;
  const asked = { agency, user, role, purpose, mask: categoryMask(categories), action, at: Date.parse(at), legalBasis };
  if (personId && isComplete(asked)) return asked;
  return { missing: missingIn(asked, personId) };
}

const isComplete = ({ agency, user, role, purpose, mask, action, at, legalBasis }: Asked): boolean =>
  agency !== '' &&
  user !== '' &&
  known.role.has(role) &&
  known.purpose.has(purpose) &&
  mask !== 0 &&
  known.action.has(action) &&
  !Number.isNaN(at) &&
  known.legalBasis.has(legalBasis);

const missingIn = (asked: Asked, personId: string | undefined): readonly string[] =>
  Object.entries({
    personId: Boolean(personId),
    'recipient.agency': asked.agency !== '',
    'recipient.user': asked.user !== '',
    'recipient.role': known.role.has(asked.role),
    purpose: known.purpose.has(asked.purpose),
    categories: asked.mask !== 0,
    action: known.action.has(asked.action),
    at: !Number.isNaN(asked.at),
    legalBasis: known.legalBasis.has(asked.legalBasis),
  }).flatMap(([field, isThere]) => (isThere ? [] : [field]));
