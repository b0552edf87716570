import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandContext, type EventStore, handle, Rejection, stateOf } from '@tsunagu/event-sourcing';
import { EVENT_STORE, NotFound, Refused } from '@tsunagu/platform';
import { organisation, type OrganisationCommand } from './domain/organisation';
import { service, type ServiceCommand } from './domain/service';
import { type RecordUnmetNeed, unmetNeed } from './domain/unmet-need';

export class HandleOrganisation {
  constructor(
    readonly id: string,
    readonly command: OrganisationCommand,
    readonly context: CommandContext,
  ) {}
}

export class HandleService {
  constructor(
    readonly id: string,
    readonly command: ServiceCommand,
    readonly context: CommandContext,
  ) {}
}

export class HandleUnmetNeed {
  constructor(
    readonly id: string,
    readonly command: RecordUnmetNeed,
    readonly context: CommandContext,
  ) {}
}

@CommandHandler(HandleOrganisation)
export class OrganisationHandler implements ICommandHandler<HandleOrganisation> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ id, command, context }: HandleOrganisation) {
    return openly(handle(this.store, organisation, id, command, context));
  }
}

@CommandHandler(HandleService)
export class ServiceHandler implements ICommandHandler<HandleService> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  async execute({ id, command, context }: HandleService) {
    const organisationId = organisationNamedBy(command);
    if (organisationId !== undefined) await this.requireListed(organisationId);
    return openly(handle(this.store, service, id, command, context));
  }

  private async requireListed(organisationId: string): Promise<void> {
    const { state } = await stateOf(this.store, organisation, organisationId);
    if (state.status === 'listed') return;
    throw new Rejection(
      'organisation-not-listed',
      'The organisation that gives this service is not in the directory. List it first.',
      'organisationId',
    );
  }
}

@CommandHandler(HandleUnmetNeed)
export class UnmetNeedHandler implements ICommandHandler<HandleUnmetNeed> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ id, command, context }: HandleUnmetNeed) {
    return handle(this.store, unmetNeed, id, command, context);
  }
}

function organisationNamedBy(command: ServiceCommand): string | undefined {
  switch (command.type) {
    case 'ListService':
      return command.profile.organisationId;
    case 'ReviseService':
      return command.changes.organisationId;
    case 'ImportService':
      return command.record.profile.organisationId;
    default:
      return undefined;
  }
}

/** Everybody who is signed in may read the directory: who may not change an entry is told so. */
async function openly<Handled>(handling: Promise<Handled>): Promise<Handled> {
  try {
    return await handling;
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    if (error.code === 'not-listed') throw new NotFound();
    if (error.code === 'not-managing-agency') throw new Refused(error.code, error.message);
    throw error;
  }
}
