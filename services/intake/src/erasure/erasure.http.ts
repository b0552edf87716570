import { Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '@tsunagu/event-sourcing';
import {
  Allow,
  type Asker,
  type Clock,
  CLOCK,
  Context,
  CurrentActor,
  idFrom,
  IdPipe,
  ServiceClient,
  Unavailable,
} from '@tsunagu/platform';
import { HandlePerson } from '../person/person.handler';
import { Persons } from '../person/persons';
import { Erasure } from './erasure';

/** The person's right to be forgotten. */
@ApiTags('persons')
@Controller('persons')
export class ErasureController {
  constructor(
    private readonly commands: CommandBus,
    private readonly persons: Persons,
    private readonly erasure: Erasure,
    private readonly services: ServiceClient,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post(':id/erasure')
  @HttpCode(200)
  @Allow('person', 'supervisor', 'agency-admin')
  async erase(@Param('id', IdPipe) id: string, @CurrentActor() asker: Asker, @Context() context: CommandContext) {
    await this.persons.visible(id, asker);
    const now = this.clock.now().toISOString();
    const request = { type: 'RequestErasure', erasureId: idFrom(context, 'erasure'), now } as const;
    await this.commands.execute(new HandlePerson(id, request, context));
    await this.endConsents(id, request.erasureId, context);
    const { revision, state } = await this.erasure.complete(id, now, context);
    if (state.status !== 'erased') throw new Error(`person ${id} is still ${state.status} after erasure`);
    return { id, revision, erasureId: state.erasureId, keysDestroyed: state.keysDestroyed };
  }

  /**
   * What agencies were given is decided again at each read: once consent knows, no read succeeds any more. While consent
   * is out nothing is decided in anybody's favour, and it hears of the erasure over the bus.
   */
  private async endConsents(id: string, erasureId: string, context: CommandContext): Promise<void> {
    try {
      await this.services.post('consent', `/persons/${id}/erasure`, { erasureId }, context);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
  }
}
