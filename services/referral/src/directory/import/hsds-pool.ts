import { type Doc, docs, type HsdsKind, isDoc, text } from './hsds-document';
import type { Origin } from './reading';

/** One object as all files of a run tell it together. */
export interface Told {
  doc: Doc;
  readonly origins: Origin[];
}

/**
 * Objects gathered from every HSDS file of a run, by id: the same service stands in a full document, in a list and in a
 * table, and each tells a different part of it. What was told first stays; later files add what was missing.
 */
export class HsdsPool {
  readonly organizations = new Map<string, Told>();
  readonly services = new Map<string, Told>();
  readonly locations = new Map<string, Told>();
  /** Which locations a service is at. */
  readonly places = new Map<string, Set<string>>();
  private readonly links = new Map<string, string>();

  /** False when the object cannot stand for a directory entry. */
  add(kind: HsdsKind, doc: Doc, origin: Origin): boolean {
    switch (kind) {
      case 'organization':
        return this.addOrganization(doc, origin);
      case 'service':
        return this.addService(doc, origin);
      case 'location':
        return this.addLocation(doc, origin);
      case 'service_at_location':
        return this.addServiceAtLocation(doc, origin);
      case 'taxonomy':
      case 'taxonomy_term':
        return false;
    }
  }

  /** The object that a table row belongs to, by its foreign keys; the most specific first. */
  ownerOf(row: Doc): Told | undefined {
    const link = this.links.get(text(row, 'service_at_location_id') ?? '');
    const candidates = [
      this.services.get(text(row, 'service_id') ?? ''),
      this.services.get(link ?? ''),
      this.locations.get(text(row, 'location_id') ?? ''),
      this.organizations.get(text(row, 'organization_id') ?? ''),
      ...['link_id', 'resource_id'].flatMap((key) => {
        const id = text(row, key) ?? '';
        return [this.services.get(id), this.locations.get(id), this.organizations.get(id)];
      }),
    ];
    return candidates.find((told) => told !== undefined);
  }

  private addOrganization(doc: Doc, origin: Origin): boolean {
    const { services: _, locations: __, ...own } = doc;
    const id = this.merge(this.organizations, own, origin);
    docs(doc, 'services').forEach((service) => this.addService({ organization_id: id, ...service }, origin));
    docs(doc, 'locations').forEach((location) => this.addLocation({ organization_id: id, ...location }, origin));
    return true;
  }

  private addService(doc: Doc, origin: Origin): boolean {
    const { organization, service_at_locations: _, ...own } = doc;
    const organizationId = isDoc(organization) ? text(organization, 'id') : null;
    if (isDoc(organization) && text(organization, 'name')) this.addOrganization(organization, origin);
    const id = this.merge(this.services, organizationId ? { organization_id: organizationId, ...own } : own, origin);
    docs(doc, 'service_at_locations').forEach((place) =>
      this.addServiceAtLocation({ service_id: id, ...place }, origin),
    );
    return true;
  }

  private addLocation(doc: Doc, origin: Origin): boolean {
    this.merge(this.locations, doc, origin);
    return true;
  }

  private addServiceAtLocation(doc: Doc, origin: Origin): boolean {
    const { service, location, phones, schedules } = doc;
    const serviceId = text(doc, 'service_id') ?? (isDoc(service) ? text(service, 'id') : null);
    const locationId = text(doc, 'location_id') ?? (isDoc(location) ? text(location, 'id') : null);
    if (!serviceId || (!isDoc(service) && !this.services.has(serviceId))) return false;
    if (isDoc(service)) this.addService(service, origin);
    if (isDoc(location)) this.addLocation(location, origin);
    this.merge(this.services, { id: serviceId, phones, schedules }, origin);
    this.links.set(text(doc, 'id') ?? '', serviceId);
    if (locationId) this.places.set(serviceId, new Set([...(this.places.get(serviceId) ?? []), locationId]));
    return true;
  }

  private merge(into: Map<string, Told>, doc: Doc, origin: Origin): string {
    const id = text(doc, 'id') ?? '';
    const known = into.get(id);
    if (!known) {
      into.set(id, { doc, origins: [origin] });
      return id;
    }
    known.doc = merged(known.doc, doc);
    if (!known.origins.includes(origin)) known.origins.push(origin);
    return id;
  }
}

/** Adds a table row to the list of its owner. */
export function addTo(owner: Told, list: string, row: Doc, origin: Origin): void {
  owner.doc = merged(owner.doc, { [list]: [row] });
  owner.origins.push(origin);
}

function merged(known: Doc, more: Doc): Doc {
  const result: Record<string, unknown> = { ...known };
  for (const [field, value] of Object.entries(more)) {
    const before = result[field];
    if (Array.isArray(before) && Array.isArray(value)) result[field] = union(before, value);
    else if (before === undefined || before === null || before === '') result[field] = value;
  }
  return result;
}

function union(known: readonly unknown[], more: readonly unknown[]): readonly unknown[] {
  const ids = new Set(known.map((one) => (isDoc(one) ? text(one, 'id') : null)));
  return [...known, ...more.filter((one) => !isDoc(one) || text(one, 'id') === null || !ids.has(text(one, 'id')))];
}
