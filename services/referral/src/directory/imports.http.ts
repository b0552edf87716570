import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ImportDirectory, importRecord, type ImportRecord, type ImportResult } from '@tsunagu/contracts';
import { type CommandContext, type Handled, Rejection } from '@tsunagu/event-sourcing';
import { agencyOf, Allow, type Asker, Context, CurrentActor, Refused, uuidFrom } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { HandleOrganisation, HandleService } from './directory.handler';
import type { OrganisationEvent, ServiceEvent } from './domain/events';

class ImportDirectoryDto extends createZodDto(ImportDirectory) {}
type Imported = Handled<OrganisationEvent | ServiceEvent, unknown>;

/** Appends that arrive together are written together. */
const AT_ONCE = 16;

@ApiTags('directory')
@Controller('imports')
export class ImportController {
  constructor(private readonly commands: CommandBus) {}

  /** Up to 200 records of a source; each is imported, updated, found unchanged, or rejected with the reason. */
  @Post()
  @HttpCode(200)
  @Allow('agency-admin')
  async import(
    @Body() { records }: ImportDirectoryDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    const parsed = records.map((record) => importRecord.safeParse(record));
    const results: ImportResult[] = parsed.map(({ error }, n) => ({
      id: idIn(records[n]),
      outcome: 'rejected',
      code: 'invalid-record',
      reason: error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') ?? '',
    }));
    const run = async (type: ImportRecord['type']): Promise<void> => {
      const todo = parsed.flatMap(({ data }, n) => (data?.type === type ? [{ data, n }] : []));
      for (let from = 0; from < todo.length; from += AT_ONCE) {
        const batch = todo.slice(from, from + AT_ONCE).map(async ({ data, n }) => {
          results[n] = await this.importOne(data, agencyOf(asker), context);
        });
        await Promise.all(batch);
      }
    };
    await run('organisation');
    await run('service');
    return { results };
  }

  private async importOne(record: ImportRecord, agency: string, context: CommandContext): Promise<ImportResult> {
    const { id } = record;
    const own = contextFor(context, record);
    const envelope =
      record.type === 'organisation'
        ? new HandleOrganisation(id, { type: 'ImportOrganisation', record, agency }, own)
        : new HandleService(id, { type: 'ImportService', record, agency }, own);
    try {
      const { events } = await this.commands.execute<typeof envelope, Imported>(envelope);
      return { id, outcome: outcomeOf(events) };
    } catch (error) {
      if (error instanceof Rejection || error instanceof Refused) {
        return { id, outcome: 'rejected', code: error.code, reason: error.message };
      }
      throw error;
    }
  }
}

function outcomeOf([first]: readonly (OrganisationEvent | ServiceEvent)[]): ImportResult['outcome'] {
  if (!first) return 'unchanged';
  return first.type === 'OrganisationListed' || first.type === 'ServiceListed' ? 'imported' : 'updated';
}

/** Every record is a command of its own; a batch sent again repeats them. */
function contextFor(context: CommandContext, { type, id }: ImportRecord): CommandContext {
  const { expectedRevision: _, ...rest } = context;
  const commandId = uuidFrom(context.commandId, type, id);
  return {
    ...rest,
    commandId,
    eventId: (n) => uuidFrom(commandId, 'event', String(n)),
    causationId: context.commandId,
  };
}

function idIn(record: unknown): string {
  const id = typeof record === 'object' && record !== null && 'id' in record ? record.id : undefined;
  return typeof id === 'string' ? id : '';
}
