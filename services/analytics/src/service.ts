import { Module } from '@nestjs/common';
import type { ServiceDefinition } from '@tsunagu/platform';
import { FactsConsumer } from './cells/cells.consumer';
import { CellRow } from './cells/cells.entity';
import { CreateCells1732233600000 } from './migrations/1732233600000-create-cells';
import { TablesController } from './tables/tables.http';

@Module({ controllers: [TablesController] })
export class AnalyticsModule {}

export const analytics: ServiceDefinition = {
  name: 'analytics',
  title: 'Analytics',
  description: 'Registered tables of de-identified counts, thresholded. There is no way from here to a person.',
  modules: [AnalyticsModule],
  entities: [CellRow],
  migrations: [CreateCells1732233600000],
  consumers: [FactsConsumer],
  seals: false,
};
