import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { ReferralChanged } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { agencyOf, type Asker, type Clock, CLOCK, NotFound, Refused } from '@tsunagu/platform';
import type { ReferralOrder } from './referral.facts';
import { HandleReferral, type ReferralHandled } from './referral.handler';

/** Who orders, and when. */
export interface Ordering {
  readonly by: string;
  readonly now: string;
}

/** From HTTP to the command bus and back. */
@Injectable()
export class ReferralCommands {
  constructor(
    private readonly commands: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  orderedBy(asker: Asker): Ordering {
    return { by: agencyOf(asker), now: this.clock.now().toISOString() };
  }

  /** @throws Refused when consent withheld it: that is on the record then */
  async dispatch(id: string, order: ReferralOrder, context: CommandContext): Promise<ReferralChanged> {
    return answer(id, await this.commands.execute(new HandleReferral(id, order, context)));
  }
}

export function answer(id: string, { state, revision, events }: ReferralHandled): ReferralChanged {
  if (state.status === 'absent') throw new NotFound();
  const withheld = events.find((event) => event.type === 'ReferralWithheld');
  if (withheld) {
    const { code, explanation } = withheld.data;
    throw new Refused(
      code,
      'The person has not consented to this, so nothing was passed on. The refusal is on record; ask the person, then send again.',
      { referralId: id, revision, explanation },
    );
  }
  const { about, deadline, nextReferralId } = state.record;
  const disclosed = events.flatMap((event) => ('disclosure' in event.data ? [event.data.disclosure] : []))[0];
  return {
    id,
    revision,
    status: state.status,
    threadId: about.threadId,
    deadline,
    ...(disclosed ? { authorisationId: disclosed.authorisationId } : {}),
    ...(nextReferralId ? { nextReferralId } : {}),
  };
}
