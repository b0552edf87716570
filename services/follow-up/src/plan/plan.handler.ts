import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandContext, type EventStore, handle, type Handled } from '@tsunagu/event-sourcing';
import { EVENT_STORE } from '@tsunagu/platform';
import type { PlanEvent } from './domain/events';
import { plan, type PlanCommand } from './domain/plan';
import type { PlanState } from './domain/state';

export class HandlePlan {
  constructor(
    readonly id: string,
    readonly command: PlanCommand,
    readonly context: CommandContext,
  ) {}
}

export type PlanHandled = Handled<PlanEvent, PlanState>;

@CommandHandler(HandlePlan)
export class PlanHandler implements ICommandHandler<HandlePlan, PlanHandled> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ id, command, context }: HandlePlan): Promise<PlanHandled> {
    return handle(this.store, plan, id, command, context);
  }
}
