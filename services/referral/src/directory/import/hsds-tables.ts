import type { Table } from './csv';
import { type Doc, type HsdsKind, rankOf, text } from './hsds-document';
import { addTo, type HsdsPool } from './hsds-pool';
import type { Origin, Refused } from './reading';

interface Signature {
  readonly table: string;
  /** Columns that together tell this table from the others. */
  readonly columns: readonly string[];
  readonly kind?: HsdsKind;
}

/** HSDS 3.x tables by their columns; the first that fits counts. Tables without a kind belong to a row of another. */
const SIGNATURES: readonly Signature[] = [
  { table: 'locations', columns: ['id', 'location_type'], kind: 'location' },
  { table: 'services', columns: ['id', 'organization_id', 'name', 'status'], kind: 'service' },
  { table: 'schedules', columns: ['id', 'opens_at', 'closes_at'] },
  { table: 'phones', columns: ['id', 'number', 'service_id'] },
  { table: 'phones', columns: ['id', 'number', 'location_id'] },
  { table: 'addresses', columns: ['id', 'location_id', 'address_1'] },
  { table: 'contacts', columns: ['id', 'name', 'email', 'title'] },
  { table: 'languages', columns: ['id', 'name', 'code', 'service_id'] },
  { table: 'languages', columns: ['id', 'name', 'code', 'location_id'] },
  { table: 'accessibility', columns: ['id', 'location_id', 'details'] },
  { table: 'cost_options', columns: ['id', 'service_id', 'amount'] },
  { table: 'service_areas', columns: ['id', 'service_id', 'extent'] },
  { table: 'required_documents', columns: ['id', 'service_id', 'document'] },
  { table: 'attributes', columns: ['id', 'link_id', 'taxonomy_term_id'] },
  { table: 'organization_identifiers', columns: ['id', 'organization_id', 'identifier'] },
  { table: 'funding', columns: ['id', 'organization_id', 'source'] },
  { table: 'programs', columns: ['id', 'organization_id', 'name', 'alternate_name'] },
  { table: 'service_capacities', columns: ['id', 'service_id', 'available'] },
  { table: 'metadata', columns: ['id', 'resource_id', 'last_action_type'] },
  { table: 'service_at_locations', columns: ['id', 'service_id', 'location_id'], kind: 'service_at_location' },
  { table: 'taxonomy_terms', columns: ['id', 'name', 'parent_id'], kind: 'taxonomy_term' },
  { table: 'taxonomies', columns: ['id', 'name', 'version'], kind: 'taxonomy' },
  { table: 'organizations', columns: ['id', 'name', 'description'], kind: 'organization' },
];

export const hsdsTable = (header: readonly string[]): Signature | undefined =>
  SIGNATURES.find(({ columns }) => columns.every((column) => header.includes(column)));

export interface HsdsTable {
  readonly file: string;
  readonly signature: Signature;
  readonly content: Table;
}

const rank = ({ signature: { kind } }: HsdsTable): number => (kind ? rankOf(kind) : Number.MAX_SAFE_INTEGER);

/** Joins the tables of a folder into the pool: first what stands alone, then what belongs to it. */
export function joinTables(tables: readonly HsdsTable[], pool: HsdsPool): readonly Refused[] {
  return [...tables]
    .sort((a, b) => rank(a) - rank(b))
    .flatMap(({ file, signature, content }) => [
      ...content.misshapen.map((row) => ({ ...row, file, code: 'misshapen-row' })),
      ...content.rows.flatMap(({ line, cells }) =>
        joinRow(docOf(content.header, cells), { file, line }, signature, pool),
      ),
    ]);
}

function joinRow(doc: Doc, origin: Origin, { kind, table }: Signature, pool: HsdsPool): readonly Refused[] {
  if (text(doc, 'id') === null) return [{ ...origin, code: 'no-id', reason: 'The row has no id.' }];
  if (kind) return pool.add(kind, doc, origin) ? [] : [refusal(kind, origin)];
  const owner = pool.ownerOf(doc);
  if (!owner)
    return [
      {
        ...origin,
        code: 'orphan-row',
        reason: `No service, location or organization here is what this row of ${table} belongs to.`,
      },
    ];
  addTo(owner, table, doc, origin);
  return [];
}

/** Why an object that was understood is no directory entry. */
export function refusal(kind: HsdsKind, origin: Origin): Refused {
  if (kind === 'service_at_location') {
    return {
      ...origin,
      code: 'unknown-service',
      reason: 'The service that this row places at a location is not among the files.',
    };
  }
  const what = kind === 'taxonomy' ? 'A taxonomy' : 'A taxonomy term';
  return { ...origin, code: 'not-an-entry', reason: `${what} describes entries of the directory; it is none itself.` };
}

const docOf = (header: readonly string[], cells: readonly string[]): Doc =>
  Object.fromEntries(header.flatMap((name, n) => (cells[n]?.trim() ? [[name, cells[n]]] : [])));
