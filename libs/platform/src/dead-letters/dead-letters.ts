import { Inject, Injectable, Logger } from '@nestjs/common';
import { catalogue, cloudEvent, type DeadLetterView, nobody, type ServiceName } from '@tsunagu/contracts';
import { type DeadLetter, type EventBus, NoSuchDeadLetter } from '@tsunagu/event-bus';
import type { CommandContext, EventStore, StreamName } from '@tsunagu/event-sourcing';
import { z } from 'zod';
import { consumersOf, type ServiceDefinition } from '../definition';
import { uuidFrom } from '../ids';
import { DEFINITION, EVENT_BUS, EVENT_STORE } from '../injection';
import { NotFound } from '../problems';

const TYPE = 'DeadLetterRedriven';

/** What this service's consumers set aside. An operator looks at it without seeing a person, and puts it back. */
@Injectable()
export class DeadLetters {
  private readonly logger = new Logger('dead-letters');
  private readonly service: ServiceName;
  private readonly groups: readonly string[];

  constructor(
    @Inject(DEFINITION) definition: ServiceDefinition,
    @Inject(EVENT_BUS) private readonly bus: EventBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {
    this.service = definition.name;
    this.groups = consumersOf(definition).map(({ group }) => group);
  }

  /** The longest waiting first. */
  async list(limit: number): Promise<{ deadLetters: readonly DeadLetterView[]; more: boolean }> {
    const perGroup = await Promise.all(this.groups.map((group) => this.bus.deadLetters(group, limit + 1)));
    const letters = perGroup.flat().sort((one, other) => one.failedAt.localeCompare(other.failedAt));
    return {
      deadLetters: letters.slice(0, limit).map((letter) => viewOf(this.service, letter)),
      more: letters.length > limit,
    };
  }

  /** @throws NotFound also when its group has handled it since */
  async one(id: string): Promise<DeadLetterView> {
    return viewOf(this.service, await this.own(id));
  }

  /**
   * Puts it back, on the record before it happens: who, when and which, as an event of this service's own log.
   * @throws NotFound as `one`
   */
  async redrive(id: string, context: CommandContext): Promise<DeadLetterView> {
    const letter = await this.own(id);
    const view = viewOf(this.service, letter);
    await this.record(view, context);
    await this.bus.redrive(id).catch((error: unknown) => {
      // Handled by its group between our two questions.
      throw error instanceof NoSuchDeadLetter ? new NotFound() : error;
    });
    this.logger.warn({ redriven: view.event.id, group: view.group, by: context.actor.user });
    return { ...view, status: 'put-back' };
  }

  /** On one bus, another service's letters may be in reach. */
  private async own(id: string): Promise<DeadLetter> {
    const letter = await this.bus.deadLetter(id);
    if (!letter || !this.groups.includes(letter.group)) throw new NotFound();
    return letter;
  }

  private async record({ id, group, event, reason, attempts }: DeadLetterView, context: CommandContext): Promise<void> {
    const eventId = uuidFrom(context.commandId, 'redrive', id);
    const stream: StreamName = `redrive-${eventId}`;
    const { actor, commandId, correlationId, causationId, occurredAt, traceparent } = context;
    const data = { deadLetter: id, group, event: event.id, type: event.type, reason, attempts };
    const more = traceparent ? { traceparent } : {};
    const metadata = { actor, commandId, correlationId, causationId, occurredAt, ...more };
    await this.store.append(stream, 'no-stream', [{ id: eventId, type: TYPE, schemaVersion: 1, data, metadata }]);
  }
}

/** By name, not by leaving out: what is added to an event one day stays unseen here. */
function viewOf(service: ServiceName, letter: DeadLetter): DeadLetterView {
  const { id, group, topic, reason, attempts, failedAt, redrivenAt } = letter;
  return {
    ...{ id, service, group, topic, reason, attempts, failedAt },
    event: eventOf(letter),
    status: redrivenAt === undefined ? 'waiting' : 'put-back',
  };
}

/** What is no event of ours might say anything about anybody, its field names included. */
function eventOf({ event, failedAt }: DeadLetter): DeadLetterView['event'] {
  const contract = catalogue.find(({ type }) => type === event.type);
  const read = cloudEvent.safeParse(event).data;
  if (!contract || !read) {
    return { id: nobody, type: 'unreadable', time: failedAt, source: '/tsunagu/bus', fields: [] };
  }
  const { id, type, time, traceparent } = read;
  const fields = contract.schema instanceof z.ZodObject ? Object.keys(contract.schema.shape) : [];
  const said = fields.filter((field) => Object.hasOwn(Object(read.data), field));
  return {
    id,
    type,
    time,
    source: `/tsunagu/${contract.service}`,
    fields: said,
    ...(traceparent ? { traceparent } : {}),
  };
}
