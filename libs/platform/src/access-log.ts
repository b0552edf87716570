import { Inject, Injectable } from '@nestjs/common';
import { type DataOf, type Publication, recordViewedBy } from '@tsunagu/contracts';
import type { CommandContext, EventStore, RecordedEvent, StreamName } from '@tsunagu/event-sourcing';
import type { Asker } from './access';
import type { ServiceDefinition } from './definition';
import { uuidFrom } from './ids';
import { EVENT_STORE } from './injection';

export type Access = DataOf<ReturnType<typeof recordViewedBy>>;

const CATEGORY = 'access';
const TYPE = 'RecordViewed';

/** Reads are recorded before they are answered: no record, no answer. */
@Injectable()
export class AccessLog {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /** Settles when the access is durable. @throws when it cannot be recorded: then nothing may be shown */
  async record(asker: Asker, access: Access, context: CommandContext): Promise<void> {
    const id = uuidFrom(context.commandId, CATEGORY, access.subject, access.subjectId, access.personId);
    const stream: StreamName = `${CATEGORY}-${id}`;
    const { commandId, correlationId, causationId, occurredAt, traceparent } = context;
    const actor = {
      user: asker.user,
      role: asker.roles[0] ?? 'anonymous',
      ...(asker.agency ? { agency: asker.agency } : {}),
    };
    await this.store.append(stream, 'no-stream', [
      {
        id,
        type: TYPE,
        schemaVersion: 1,
        data: access,
        metadata: {
          actor,
          commandId,
          correlationId,
          causationId,
          occurredAt,
          ...(traceparent ? { traceparent } : {}),
          ...(access.purpose ? { purpose: access.purpose } : {}),
          ...(access.authorisationId ? { authorisation: access.authorisationId } : {}),
        },
      },
    ]);
  }
}

/** The access log's own part of every service's publisher. */
export function publishAccess(definition: ServiceDefinition, event: RecordedEvent): readonly Publication[] {
  if (event.type !== TYPE || !event.stream.startsWith(`${CATEGORY}-`)) return [];
  const access = event.data as Access;
  return [{ contract: recordViewedBy(definition.name), subject: access.subjectId, key: access.personId, data: access }];
}
