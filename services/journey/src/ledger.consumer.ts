import { Injectable } from '@nestjs/common';
import { catalogue, isAboutPerson } from '@tsunagu/contracts';
import type { FoldingConsumer } from '@tsunagu/platform';
import { accessRows } from './accesses/accesses.evolve';
import { authorisationRows } from './authorisations/authorisations.evolve';
import { consentRows } from './consents/consents.evolve';
import { disclosureRows } from './disclosures/disclosures.evolve';
import { handoffRows } from './handoffs/handoffs.evolve';
import { timelineRows } from './timeline/timeline.evolve';

/** Every service's events about persons, folded into the journey's rows in one transaction. */
@Injectable()
export class LedgerConsumer implements FoldingConsumer {
  readonly group = 'journey-ledger';
  readonly events = catalogue.filter(({ schema }) => isAboutPerson(schema));
  readonly models = [timelineRows, accessRows, consentRows, authorisationRows, disclosureRows, handoffRows];
}
