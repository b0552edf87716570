import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandContext, type EventStore, handle, type Handled } from '@tsunagu/event-sourcing';
import { EVENT_STORE } from '@tsunagu/platform';
import type { PersonEvent } from './domain/events';
import { person, type Person, type PersonCommand } from './domain/person';

export type PersonHandled = Handled<PersonEvent, Person>;

export class HandlePerson extends Command<PersonHandled> {
  constructor(
    readonly id: string,
    readonly command: PersonCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(HandlePerson)
export class PersonHandler implements ICommandHandler<HandlePerson> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ id, command, context }: HandlePerson): Promise<PersonHandled> {
    return handle(this.store, person, id, command, context);
  }
}
