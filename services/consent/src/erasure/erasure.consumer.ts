import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type CloudEvent, type DataOf, intakeEvents } from '@tsunagu/contracts';
import { type CommandingConsumer, contextFromEvent } from '@tsunagu/platform';
import { HandleConsent } from '../consent/consent.handler';
import { PersonSeals } from '../person-seals';

/** The person's keys are destroyed: every permit ends, and nothing is decided in their favour or against them any more. */
@Injectable()
export class ErasureConsumer implements CommandingConsumer {
  readonly group = 'consent-erasure';
  readonly events = [intakeEvents.PersonErased];

  constructor(
    private readonly commands: CommandBus,
    private readonly seals: PersonSeals,
  ) {}

  async react(event: CloudEvent): Promise<void> {
    const { personId, erasureId } = event.data as DataOf<typeof intakeEvents.PersonErased>;
    this.seals.forget(personId);
    const intent = { type: 'EraseConsent', erasureId } as const;
    await this.commands.execute(new HandleConsent(personId, intent, contextFromEvent(event, 'consent', 'erasure')));
  }
}
