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
  const asked: Asked = {
    agency: request.recipient?.agency ?? '',
    user: request.recipient?.user ?? '',
    role: request.recipient?.role ?? '',
    purpose: request.purpose ?? '',
    mask: categoryMask(request.categories ?? []),
    action: request.action ?? '',
    at: Date.parse(request.at ?? ''),
    legalBasis: request.legalBasis ?? '',
  };
  const missing: string[] = [];
  if (!request.personId) missing.push('personId');
  if (!asked.agency) missing.push('recipient.agency');
  if (!asked.user) missing.push('recipient.user');
  if (!known.role.has(asked.role)) missing.push('recipient.role');
  if (!known.purpose.has(asked.purpose)) missing.push('purpose');
  if (asked.mask === 0) missing.push('categories');
  if (!known.action.has(asked.action)) missing.push('action');
  if (Number.isNaN(asked.at)) missing.push('at');
  if (!known.legalBasis.has(asked.legalBasis)) missing.push('legalBasis');
  return missing.length === 0 ? asked : { missing };
}
