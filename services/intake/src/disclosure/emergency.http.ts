import { Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CommandContext, type EventStore, stateOf } from '@tsunagu/event-sourcing';
import {
  Allow,
  type Asker,
  Context,
  CurrentActor,
  type EmergencyRead,
  EmergencyReads,
  EVENT_STORE,
  IdPipe,
  NotFound,
} from '@tsunagu/platform';
import { person } from '../person/domain/person';
import { type Fields, HeldFields } from './held-fields';

/** What intake holds; a support plan is read at follow-up. */
const CATEGORIES = ['identity', 'contact-details', 'consultation-content', 'screening', 'needs'] as const;

@ApiTags('emergency access')
@Controller('persons')
export class EmergencyReadingController {
  constructor(
    private readonly reads: EmergencyReads,
    private readonly held: HeldFields,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** Under an emergency access of the asker's own (consent: `POST /persons/:id/emergency-accesses`), while it lasts. */
  @Get(':id/emergency-readings/:category')
  @Header('cache-control', 'no-store')
  @Allow('caseworker', 'supervisor')
  read(
    @Param('id', IdPipe) id: string,
    @Param('category') wanted: string,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<EmergencyRead & { fields: Fields }> {
    const category = CATEGORIES.find((known) => known === wanted);
    if (!category) throw new NotFound();
    return this.reads.read({ personId: id, category, asker, context }, async () => {
      const { state } = await stateOf(this.store, person, id);
      if (state.status !== 'known') throw new NotFound();
      return { fields: await this.held.of(id, state, [category]) };
    });
  }
}
