import { CreateDirectoryRows1732233600001 } from '../migrations/1732233600001-create-directory-rows';
import { DirectoryModule } from './directory.module';
import { publishDirectory } from './directory.publisher';
import { OrganisationRow, ServiceRow } from './listing/rows.entity';
import { organisationRows, serviceRows } from './listing/rows.evolve';

/** What the directory brings to the referral service. */
export const directory = {
  modules: [DirectoryModule],
  entities: [OrganisationRow, ServiceRow],
  migrations: [CreateDirectoryRows1732233600001],
  readModels: [organisationRows, serviceRows],
  publish: publishDirectory,
} as const;
