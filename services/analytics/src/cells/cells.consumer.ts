import { Injectable } from '@nestjs/common';
import { intakeFacts, referralFacts } from '@tsunagu/contracts';
import type { FoldingConsumer } from '@tsunagu/platform';
import { cells } from './cells.evolve';

/** Facts in, counts out. Nothing that comes this way names anybody. */
@Injectable()
export class FactsConsumer implements FoldingConsumer {
  readonly group = 'analytics-cells';
  readonly events = [
    intakeFacts.ConsultationCounted,
    referralFacts.ReferralOutcomeCounted,
    referralFacts.UnmetNeedCounted,
  ];
  readonly models = [cells];
}
