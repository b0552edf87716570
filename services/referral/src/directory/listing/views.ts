import type { OrganisationRow, ServiceRow } from './rows.entity';

/** As the API shows it. */
export const organisationView = ({ id, revision, profile, managedBy, source, changedAt }: OrganisationRow) => ({
  id,
  revision,
  ...profile,
  managedBy,
  source,
  changedAt,
});

export function serviceView(row: ServiceRow) {
  const { id, revision, profile, status, statusReason, modes, capacity, managedBy, source, changedAt } = row;
  return { id, revision, ...profile, status, statusReason, modes, capacity, managedBy, source, changedAt };
}

/** In lists, without the columns of the source. */
export function serviceSummary(row: ServiceRow) {
  const { attributes: _, source: __, ...summary } = serviceView(row);
  return summary;
}
