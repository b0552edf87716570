import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ListOrganisation, OrganisationsQuery, ReviseOrganisation, RevisionQuery } from '@tsunagu/contracts';
import type { CommandContext, Handled } from '@tsunagu/event-sourcing';
import { agencyOf, Allow, type Asker, Context, CurrentActor, idFrom, SignedIn } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { HandleOrganisation } from './directory.handler';
import { managerFor } from './managing';
import type { OrganisationEvent } from './domain/events';
import type { OrganisationCommand, OrganisationState } from './domain/organisation';
import { DirectoryQuery } from './listing/directory.query';
import { organisationView } from './listing/views';

class ListOrganisationDto extends createZodDto(ListOrganisation) {}
class ReviseOrganisationDto extends createZodDto(ReviseOrganisation) {}
class OrganisationsQueryDto extends createZodDto(OrganisationsQuery) {}
class RevisionQueryDto extends createZodDto(RevisionQuery) {}

/** Who offers something in the community. Anybody who is signed in may read. */
@ApiTags('directory')
@Controller('organisations')
export class OrganisationController {
  constructor(
    private readonly commands: CommandBus,
    private readonly directory: DirectoryQuery,
  ) {}

  @Post()
  @Allow('agency-admin', 'supervisor', 'caseworker')
  list(
    @Body() { managedBy, ...profile }: ListOrganisationDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    const agency = agencyOf(asker);
    const command = { type: 'ListOrganisation', profile, managedBy: managerFor(asker, managedBy), agency } as const;
    return this.handle(idFrom(context, 'organisation'), command, context);
  }

  /** Changes the fields that are sent. */
  @Put(':id')
  @Allow('agency-admin', 'supervisor', 'caseworker')
  revise(
    @Param('id') id: string,
    @Body() changes: ReviseOrganisationDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    return this.handle(id, { type: 'ReviseOrganisation', changes, agency: agencyOf(asker) }, context);
  }

  @Get()
  @SignedIn()
  async search(@Query() query: OrganisationsQueryDto) {
    const { items, next } = await this.directory.organisations(query);
    return { items: items.map(organisationView), next };
  }

  @Get(':id')
  @SignedIn()
  async read(@Param('id') id: string, @Query() { minRevision }: RevisionQueryDto) {
    return organisationView(await this.directory.organisation(id, minRevision));
  }

  private async handle(id: string, command: OrganisationCommand, context: CommandContext) {
    const handled = await this.commands.execute<HandleOrganisation, Handled<OrganisationEvent, OrganisationState>>(
      new HandleOrganisation(id, command, context),
    );
    return { id, revision: handled.revision };
  }
}
