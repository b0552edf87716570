import { Inject, Injectable } from '@nestjs/common';
import { type EventStore, stateOf } from '@tsunagu/event-sourcing';
import { type Asker, EVENT_STORE, NotFound } from '@tsunagu/platform';
import { consultation } from './domain/consultation';
import type { RecordedConsultation } from './domain/state';

export interface Visible {
  readonly id: string;
  readonly state: RecordedConsultation;
  readonly revision: number;
}

@Injectable()
export class ConsultationAccess {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /** The consultation, to the person and to the agencies that are party to it. @throws NotFound to anybody else */
  async of(id: string, asker: Asker): Promise<Visible> {
    const { state, revision } = await stateOf(this.store, consultation, id);
    if (state.status === 'none' || !mayRead(state, asker)) throw new NotFound();
    return { id, state, revision };
  }

  /** As `of`; also to any agency while none has it, which may then take it. */
  async takeable(id: string, asker: Asker): Promise<Visible> {
    const { state, revision } = await stateOf(this.store, consultation, id);
    if (state.status === 'none') throw new NotFound();
    const waiting = state.agency === null && state.status === 'open';
    if (!waiting && !mayRead(state, asker)) throw new NotFound();
    return { id, state, revision };
  }
}

function mayRead(state: RecordedConsultation, asker: Asker): boolean {
  if (asker.person !== undefined) return asker.person === state.personId;
  return asker.agency !== undefined && state.parties.includes(asker.agency);
}
