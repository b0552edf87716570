import type { CloudEvent, ContractEvent } from '@tsunagu/contracts';
import { foldInto } from '@tsunagu/read-models';
import type { EntityManager } from 'typeorm';
import type { BusConsumer, FoldedModels } from './definition';

/** Folds what comes over the bus into its read models, all in one transaction, and does nothing else. */
export abstract class FoldingConsumer implements BusConsumer {
  abstract readonly group: string;
  abstract readonly events: readonly ContractEvent[];
  abstract readonly models: FoldedModels;

  async handle(event: CloudEvent, tx: EntityManager): Promise<void> {
    for (const model of this.models) await foldInto(tx, model, event);
  }
}
