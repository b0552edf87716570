import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { LinkPerson } from '@tsunagu/contracts';
import { type CommandContext, Rejection } from '@tsunagu/event-sourcing';
import {
  AccessLog,
  agencyOf,
  Allow,
  type Asker,
  type Clock,
  CLOCK,
  Context,
  CurrentActor,
  IdPipe,
  within,
} from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { DuplicateIndex, type PossibleDuplicate } from '../duplicates/duplicate-index';
import { HandlePerson } from './person.handler';
import { Persons } from './persons';

class LinkPersonDto extends createZodDto(LinkPerson) {}

interface Linked {
  readonly id: string;
  readonly revision: number;
  readonly otherPersonId: string;
}

/** Said honestly when two records are parted again. */
const CANNOT_UNDO = [
  {
    code: 'already-read',
    message: 'Whoever opened both records while they were linked has read them. The access log shows who and when.',
  },
  {
    code: 'already-passed-on',
    message: 'Referrals and plans made while they were linked stay as they are. Look through them and correct them.',
  },
] as const;

/** Two records of one agency that are, or are not, one person. */
@ApiTags('persons')
@Controller('persons')
export class LinkController {
  constructor(
    private readonly commands: CommandBus,
    private readonly persons: Persons,
    private readonly duplicates: DuplicateIndex,
    private readonly accessLog: AccessLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get(':id/possible-duplicates')
  @Allow('caseworker', 'supervisor')
  async possible(
    @Param('id', IdPipe) id: string,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<{ readonly possibleDuplicates: readonly (PossibleDuplicate & { readonly linked: boolean })[] }> {
    const { state } = await this.persons.visible(id, asker);
    const agency = agencyOf(asker);
    await this.accessLog.record(
      asker,
      {
        ...{ personId: id, parties: [agency], subject: 'possible-duplicates', subjectId: id, categories: ['identity'] },
        ...{ purpose: 'linking', action: 'read', basis: 'own-agency', outcome: 'shown' },
      },
      context,
    );
    const found = await this.duplicates.find(id, state, agency);
    const linked = (other: string): boolean =>
      state.links.some((link) => link.agency === agency && link.otherPersonId === other);
    return { possibleDuplicates: found.map((one) => ({ ...one, linked: linked(one.personId) })) };
  }

  @Post(':id/links')
  @Allow('caseworker', 'supervisor')
  async link(
    @Param('id', IdPipe) id: string,
    @Body() { otherPersonId }: LinkPersonDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Linked> {
    if (id === otherPersonId) {
      throw new Rejection(
        'linked-to-self',
        'A record cannot be linked to itself. Name the other one.',
        'otherPersonId',
      );
    }
    await this.persons.visible(otherPersonId, asker);
    return this.both('LinkPerson', id, otherPersonId, asker, context);
  }

  @Post(':id/links/:otherPersonId/removal')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  async unlink(
    @Param('id', IdPipe) id: string,
    @Param('otherPersonId', IdPipe) otherPersonId: string,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Linked & { readonly cannotUndo: typeof CANNOT_UNDO }> {
    const unlinked = await this.both('UnlinkPerson', id, otherPersonId, asker, context);
    return { ...unlinked, cannotUndo: CANNOT_UNDO };
  }

  /** The second record follows the first; should this process die in between, the involvement consumer sees to it. */
  private async both(
    type: 'LinkPerson' | 'UnlinkPerson',
    id: string,
    otherPersonId: string,
    asker: Asker,
    context: CommandContext,
  ): Promise<Linked> {
    await this.persons.visible(id, asker);
    const agency = agencyOf(asker);
    const now = this.clock.now().toISOString();
    const { revision } = await this.commands.execute(
      new HandlePerson(id, { type, agency, otherPersonId, now }, context),
    );
    const mirrored = { type, agency, otherPersonId: id, now } as const;
    await this.commands.execute(new HandlePerson(otherPersonId, mirrored, within(context, 'mirror')));
    return { id, revision, otherPersonId };
  }
}
