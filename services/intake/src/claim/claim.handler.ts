import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandContext, type EventStore, handle, type Handled } from '@tsunagu/event-sourcing';
import { EVENT_STORE } from '@tsunagu/platform';
import { claim, type Claim, type ClaimCommand } from './domain/claim';
import type { ClaimEvent } from './domain/events';

export type ClaimHandled = Handled<ClaimEvent, Claim>;

/** `locator` is the stream's id: random, and of nobody. */
export class HandleClaim extends Command<ClaimHandled> {
  constructor(
    readonly locator: string,
    readonly command: ClaimCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(HandleClaim)
export class ClaimHandler implements ICommandHandler<HandleClaim> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ locator, command, context }: HandleClaim): Promise<ClaimHandled> {
    return handle(this.store, claim, locator, command, context);
  }
}
