import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandContext, type EventStore, handle, type Handled, Rejection, upcast } from '@tsunagu/event-sourcing';
import { EVENT_STORE } from '@tsunagu/platform';
import { Erased } from '@tsunagu/sealing';
import type { ReferralCommand } from './domain/commands';
import type { ReferralEvent } from './domain/events';
import { referral } from './domain/referral';
import type { ReferralState } from './domain/state';
import { ReferralFacts, type ReferralOrder } from './referral.facts';

export type ReferralHandled = Handled<ReferralEvent, ReferralState>;

export class HandleReferral extends Command<ReferralHandled> {
  constructor(
    readonly id: string,
    readonly order: ReferralOrder,
    readonly context: CommandContext,
  ) {
    super();
  }
}

/** Stands in for a repeated command: `handle` answers that from the log without asking the decider. */
const REPEAT: ReferralCommand = { type: 'EndForWithdrawal', grants: [], now: '' };

/** Gathers facts, decides, appends. Consent is asked once for a command, however often it is sent. */
@CommandHandler(HandleReferral)
export class ReferralHandler implements ICommandHandler<HandleReferral> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly facts: ReferralFacts,
  ) {}

  async execute({ id, order, context }: HandleReferral): Promise<ReferralHandled> {
    const loaded = await this.store.load(`referral-${id}`);
    const repeated = loaded.some(({ commandId }) => commandId === context.commandId);
    const state = loaded
      .map((event) => upcast<ReferralCommand, ReferralEvent, ReferralState>(referral, event))
      .reduce(referral.evolve, referral.initial);
    const command = repeated ? REPEAT : await this.commandFor(id, order, state, context);
    return handle(this.store, referral, id, command, context);
  }

  private async commandFor(...gathering: Parameters<ReferralFacts['commandFor']>): Promise<ReferralCommand> {
    try {
      return await this.facts.commandFor(...gathering);
    } catch (error) {
      if (!(error instanceof Erased)) throw error;
      throw new Rejection(
        'person-erased',
        'The person’s data was erased: nothing can be written or passed on any more.',
      );
    }
  }
}
