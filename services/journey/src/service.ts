import type { ServiceDefinition } from '@tsunagu/platform';
import { AccessRow } from './accesses/accesses.entity';
import { AuthorisationRow } from './authorisations/authorisations.entity';
import { ConsentRow } from './consents/consents.entity';
import { DisclosureRow } from './disclosures/disclosures.entity';
import { HandoffRow } from './handoffs/handoffs.entity';
import { JourneyModule } from './journey.module';
import { LedgerConsumer } from './ledger.consumer';
import { CreateLedger1732233600000 } from './migrations/1732233600000-create-ledger';
import { TimelineRow } from './timeline/timeline.entity';

export const journey: ServiceDefinition = {
  name: 'journey',
  title: 'Journey',
  description: 'The timeline of each person, who looked at what and why, and whether every disclosure was covered.',
  modules: [JourneyModule],
  entities: [TimelineRow, AccessRow, ConsentRow, AuthorisationRow, DisclosureRow, HandoffRow],
  migrations: [CreateLedger1732233600000],
  consumers: [LedgerConsumer],
  seals: false,
};
