import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  ChangeServiceCapacity,
  ChangeServiceStatus,
  ListService,
  ReviseService,
  RevisionQuery,
  ServicesQuery,
} from '@tsunagu/contracts';
import type { CommandContext, Handled } from '@tsunagu/event-sourcing';
import { agencyOf, Allow, type Asker, Context, CurrentActor, idFrom, SignedIn } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { HandleService } from './directory.handler';
import type { ServiceEvent } from './domain/events';
import type { ServiceCommand, ServiceState } from './domain/service';
import { DirectoryQuery } from './listing/directory.query';
import { serviceSummary, serviceView } from './listing/views';
import { managerFor } from './managing';

class ListServiceDto extends createZodDto(ListService) {}
class ReviseServiceDto extends createZodDto(ReviseService) {}
class StatusDto extends createZodDto(ChangeServiceStatus) {}
class CapacityDto extends createZodDto(ChangeServiceCapacity) {}
class ServicesQueryDto extends createZodDto(ServicesQuery) {}
class RevisionQueryDto extends createZodDto(RevisionQuery) {}

/** What the community offers: services, activities, venues. Anybody who is signed in may read. */
@ApiTags('directory')
@Controller('services')
export class ServiceController {
  constructor(
    private readonly commands: CommandBus,
    private readonly directory: DirectoryQuery,
  ) {}

  @Post()
  @Allow('agency-admin', 'supervisor', 'caseworker')
  list(@Body() body: ListServiceDto, @CurrentActor() asker: Asker, @Context() context: CommandContext) {
    const { managedBy, status, modes, capacity, ...profile } = body;
    const running = { status, modes, capacity };
    const whose = { managedBy: managerFor(asker, managedBy), agency: agencyOf(asker) };
    return this.handle(idFrom(context, 'service'), { type: 'ListService', profile, ...running, ...whose }, context);
  }

  /** Changes the fields that are sent. */
  @Put(':id')
  @Allow('agency-admin', 'supervisor', 'caseworker')
  revise(
    @Param('id') id: string,
    @Body() changes: ReviseServiceDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    return this.handle(id, { type: 'ReviseService', changes, agency: agencyOf(asker) }, context);
  }

  /** Says that it runs differently now; every live plan that leans on it gets a task. */
  @Post(':id/status')
  @HttpCode(200)
  @Allow('agency-admin', 'supervisor', 'caseworker')
  changeStatus(
    @Param('id') id: string,
    @Body() body: StatusDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    const { status, modes, reason = null } = body;
    return this.handle(id, { type: 'ChangeServiceStatus', status, modes, reason, agency: agencyOf(asker) }, context);
  }

  @Post(':id/capacity')
  @HttpCode(200)
  @Allow('agency-admin', 'supervisor', 'caseworker')
  changeCapacity(
    @Param('id') id: string,
    @Body() capacity: CapacityDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    return this.handle(id, { type: 'ChangeServiceCapacity', capacity, agency: agencyOf(asker) }, context);
  }

  @Get()
  @SignedIn()
  async search(@Query() query: ServicesQueryDto) {
    const { items, next } = await this.directory.services(query);
    return { items: items.map(serviceSummary), next };
  }

  @Get(':id')
  @SignedIn()
  async read(@Param('id') id: string, @Query() { minRevision }: RevisionQueryDto) {
    return serviceView(await this.directory.service(id, minRevision));
  }

  private async handle(id: string, command: ServiceCommand, context: CommandContext) {
    const { revision, state } = await this.commands.execute<HandleService, Handled<ServiceEvent, ServiceState>>(
      new HandleService(id, command, context),
    );
    return state.status === 'listed' ? { id, revision, status: state.running, modes: state.modes } : { id, revision };
  }
}
