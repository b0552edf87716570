import { Inject, Injectable } from '@nestjs/common';
import { type CloudEvent, intakeEvents } from '@tsunagu/contracts';
import { type EventStore, stateOf } from '@tsunagu/event-sourcing';
import { type WritingConsumer, EVENT_STORE } from '@tsunagu/platform';
import type { EntityManager } from 'typeorm';
import { person } from '../person/domain/person';
import { DuplicateIndex } from './duplicate-index';

/** After these an agency may see more, or less, of who somebody is. */
@Injectable()
export class DuplicateConsumer implements WritingConsumer {
  readonly group = 'intake-duplicates';
  readonly events = [
    intakeEvents.PersonIdentified,
    intakeEvents.PersonCorrected,
    intakeEvents.PersonErased,
    intakeEvents.ConsultationOpened,
    intakeEvents.ConsultationTaken,
    intakeEvents.ConsultationRouted,
  ];

  constructor(
    private readonly index: DuplicateIndex,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  async handle(event: CloudEvent, tx: EntityManager): Promise<void> {
    const personId = event.partitionkey;
    const { state } = await stateOf(this.store, person, personId);
    await this.index.refresh(personId, state, tx);
  }
}
