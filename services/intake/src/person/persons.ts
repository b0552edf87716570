import { Inject, Injectable } from '@nestjs/common';
import { dateInJapan } from '@tsunagu/calendar';
import type { AgeBand } from '@tsunagu/contracts';
import { type EventStore, stateOf } from '@tsunagu/event-sourcing';
import { type Asker, type Clock, CLOCK, EVENT_STORE, NotFound } from '@tsunagu/platform';
import { ageBandOn } from './domain/age-band';
import type { Recorder } from './domain/events';
import { identityFor, isInvolved, person, type Person } from './domain/person';
import { IdentitySeals } from './identity-seals';

export interface VisiblePerson {
  readonly id: string;
  readonly state: Exclude<Person, { status: 'none' }>;
  readonly revision: number;
}

/** The coarse part of what is known of somebody, for counting. */
export interface Known {
  readonly ageBand: AgeBand;
  readonly area: string;
  readonly anonymous: boolean;
}

export function recorderOf(asker: Asker): Recorder {
  if (asker.person !== undefined) return { kind: 'person' };
  if (asker.agency === undefined) throw new NotFound();
  return { kind: 'worker', agency: asker.agency, user: asker.user };
}

@Injectable()
export class Persons {
  constructor(
    private readonly seals: IdentitySeals,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The record, to the person and to agencies that are involved with them. @throws NotFound to anybody else */
  async visible(id: string, asker: Asker): Promise<VisiblePerson> {
    const { state, revision } = await stateOf(this.store, person, id);
    const may = asker.person !== undefined ? asker.person === id : isInvolved(state, asker.agency ?? '');
    if (state.status === 'none' || !may) throw new NotFound();
    return { id, state, revision };
  }

  /** @throws NotFound as `visible` */
  async known(id: string, asker: Asker): Promise<Known> {
    const { state } = await this.visible(id, asker);
    const record = identityFor(state, recorderOf(asker));
    const identity = record && (await this.seals.open(id, record));
    if (!identity) return { ageBand: 'unknown', area: 'unknown', anonymous: true };
    const today = dateInJapan(this.clock.now().toISOString());
    return {
      ageBand: ageBandOn(identity.birthDate ?? null, today),
      area: identity.area ?? 'unknown',
      anonymous: false,
    };
  }
}
