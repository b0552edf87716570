/** A node of an HSDS document or a row of an HSDS table; nothing about it is trusted. */
export type Doc = Readonly<Record<string, unknown>>;

export const isDoc = (value: unknown): value is Doc =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Text of a field; numbers and booleans as text; null when it is absent or empty. */
export function text(doc: Doc | undefined, field: string): string | null {
  const value = doc?.[field];
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return null;
  return String(value).trim() || null;
}

export const docs = (doc: Doc | undefined, field: string): readonly Doc[] => {
  const value = doc?.[field];
  return Array.isArray(value) ? value.filter(isDoc) : [];
};

export type HsdsKind = 'organization' | 'service' | 'location' | 'service_at_location' | 'taxonomy' | 'taxonomy_term';

/** Before what refers to it. */
const ORDER: readonly HsdsKind[] = [
  'organization',
  'service',
  'location',
  'service_at_location',
  'taxonomy',
  'taxonomy_term',
];
export const rankOf = (kind: HsdsKind): number => ORDER.indexOf(kind);

const has = (doc: Doc, ...fields: readonly string[]): boolean => fields.every((field) => field in doc);
const hasAny = (doc: Doc, ...fields: readonly string[]): boolean => fields.some((field) => field in doc);

/** What an HSDS 3.x object is, by its fields; null when it is none. */
export function hsdsKind(doc: Doc): HsdsKind | null {
  if (!has(doc, 'id')) return null;
  if (has(doc, 'location_type')) return 'location';
  if (isDoc(doc['service']) || has(doc, 'service_id', 'location_id')) return 'service_at_location';
  if (!has(doc, 'name')) return null;
  if (hasAny(doc, 'term_uri', 'taxonomy', 'taxonomy_id', 'taxonomy_detail', 'parent_id')) return 'taxonomy_term';
  if (has(doc, 'status')) return 'service';
  if (
    hasAny(
      doc,
      'website',
      'legal_status',
      'tax_status',
      'year_incorporated',
      'services',
      'organization_identifiers',
      'locations',
    )
  ) {
    return 'organization';
  }
  if (has(doc, 'version')) return 'taxonomy';
  return has(doc, 'description') ? 'organization' : null;
}

/** JSON Schemas and OpenAPI documents describe data; they hold none. */
export const describesData = (document: unknown): boolean =>
  isDoc(document) &&
  (hasAny(document, '$schema', 'openapi', 'swagger') ||
    isDoc(document['properties']) ||
    hasAny(document, 'datapackage_metadata'));

/** The objects of a document: one, a list, or a page of a list (`contents`), with their places. */
export function itemsIn(document: unknown): readonly { readonly doc: unknown; readonly at: string }[] {
  if (Array.isArray(document)) return document.map((doc: unknown, n) => ({ doc, at: String(n) }));
  if (isDoc(document) && Array.isArray(document['contents'])) {
    return document['contents'].map((doc: unknown, n) => ({ doc, at: `contents/${n}` }));
  }
  return [{ doc: document, at: '' }];
}
