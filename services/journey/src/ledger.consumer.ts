import { Injectable } from '@nestjs/common';
import { catalogue, type CloudEvent, isAboutPerson } from '@tsunagu/contracts';
import type { BusConsumer } from '@tsunagu/platform';
import { foldInto } from '@tsunagu/read-models';
import type { EntityManager } from 'typeorm';
import { accessRows } from './accesses/accesses.evolve';
import { authorisationRows } from './authorisations/authorisations.evolve';
import { consentRows } from './consents/consents.evolve';
import { disclosureRows } from './disclosures/disclosures.evolve';
import { handoffRows } from './handoffs/handoffs.evolve';
import { timelineRows } from './timeline/timeline.evolve';

/** Every service's events about persons, folded into the journey's rows in one transaction. */
@Injectable()
export class LedgerConsumer implements BusConsumer {
  readonly group = 'journey-ledger';
  readonly events = catalogue.filter(({ schema }) => isAboutPerson(schema));

  async handle(event: CloudEvent, tx: EntityManager): Promise<void> {
    await foldInto(tx, timelineRows, event);
    await foldInto(tx, accessRows, event);
    await foldInto(tx, consentRows, event);
    await foldInto(tx, authorisationRows, event);
    await foldInto(tx, disclosureRows, event);
    await foldInto(tx, handoffRows, event);
  }
}
