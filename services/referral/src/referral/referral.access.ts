import { Inject, Injectable } from '@nestjs/common';
import { type EventStore, stateOf } from '@tsunagu/event-sourcing';
import { agencyOf, type Asker, EVENT_STORE, NotFound } from '@tsunagu/platform';
import type { ReferralCommand } from './domain/commands';
import type { ReferralEvent } from './domain/events';
import { referral } from './domain/referral';
import { partiesOf, type Referral, type ReferralState } from './domain/state';

export interface Current {
  readonly id: string;
  readonly referral: Referral;
  readonly revision: number;
}

/** Whose referral it is, before anything of it is shown. Absent and foreign ones look the same. */
@Injectable()
export class ReferralAccess {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /** @throws NotFound unless the asker's agency is a party to it */
  async asParty(id: string, asker: Asker): Promise<Current> {
    const { state, revision } = await stateOf<ReferralCommand, ReferralEvent, ReferralState>(this.store, referral, id);
    if (state.status === 'absent' || !partiesOf(state.record).includes(agencyOf(asker))) throw new NotFound();
    return { id, referral: state, revision };
  }

  /** @throws NotFound unless the asker's agency sent it, or drafted it to be sent */
  async asSender(id: string, asker: Asker): Promise<Current> {
    const current = await this.asParty(id, asker);
    if (current.referral.record.about.fromAgency !== asker.agency) throw new NotFound();
    return current;
  }

  /** @throws NotFound unless it was sent to the asker's agency, or claimed by it */
  async asReceiver(id: string, asker: Asker): Promise<Current> {
    const current = await this.asParty(id, asker);
    if (current.referral.record.about.toAgency !== asker.agency) throw new NotFound();
    return current;
  }
}
