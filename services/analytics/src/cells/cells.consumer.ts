import { Injectable } from '@nestjs/common';
import { type CloudEvent, intakeFacts, referralFacts } from '@tsunagu/contracts';
import type { BusConsumer } from '@tsunagu/platform';
import { foldInto } from '@tsunagu/read-models';
import type { EntityManager } from 'typeorm';
import { cells } from './cells.evolve';

/** Facts in, counts out. Nothing that comes this way names anybody. */
@Injectable()
export class FactsConsumer implements BusConsumer {
  readonly group = 'analytics-cells';
  readonly events = [
    intakeFacts.ConsultationCounted,
    referralFacts.ReferralOutcomeCounted,
    referralFacts.UnmetNeedCounted,
  ];

  handle(fact: CloudEvent, tx: EntityManager): Promise<void> {
    return foldInto(tx, cells, fact);
  }
}
