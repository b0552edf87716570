import { Inject } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandContext, type EventStore, handle, type Handled } from '@tsunagu/event-sourcing';
import { EVENT_STORE, within } from '@tsunagu/platform';
import { HandlePerson } from '../person/person.handler';
import { consultation, type ConsultationCommand } from './domain/consultation';
import type { ConsultationEvent } from './domain/events';
import type { Consultation } from './domain/state';

export type ConsultationHandled = Handled<ConsultationEvent, Consultation>;

export class HandleConsultation extends Command<ConsultationHandled> {
  constructor(
    readonly id: string,
    readonly command: ConsultationCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(HandleConsultation)
export class ConsultationHandler implements ICommandHandler<HandleConsultation> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly commands: CommandBus,
  ) {}

  async execute({ id, command, context }: HandleConsultation): Promise<ConsultationHandled> {
    const handled = await handle(this.store, consultation, id, command, context);
    await this.involve(handled, context);
    return handled;
  }

  /**
   * Whoever has the consultation is involved with the person, before the answer: other services ask at once. Should
   * this process die in between, the involvement consumer does it.
   */
  private async involve({ state, events }: ConsultationHandled, context: CommandContext): Promise<void> {
    const changedHands = events.some(
      ({ type }) => type === 'ConsultationOpened' || type === 'ConsultationTaken' || type === 'ConsultationRouted',
    );
    if (!changedHands || state.status === 'none' || state.agency === null) return;
    const command = { type: 'InvolveAgency', agency: state.agency, through: 'consultation' } as const;
    await this.commands.execute(new HandlePerson(state.personId, command, within(context, 'involvement')));
  }
}
