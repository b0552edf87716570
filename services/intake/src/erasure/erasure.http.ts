import { Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { Allow, type Asker, type Clock, CLOCK, Context, CurrentActor, idFrom } from '@tsunagu/platform';
import { IdPipe } from '../id.pipe';
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
    const { revision, state } = await this.erasure.complete(id, now, context);
    if (state.status !== 'erased') throw new Error(`person ${id} is still ${state.status} after erasure`);
    return { id, revision, erasureId: state.erasureId, keysDestroyed: state.keysDestroyed };
  }
}
