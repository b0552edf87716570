import type { CloudEvent } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import type { ServiceName } from '@tsunagu/contracts';
import { uuidFrom } from './ids';

const contextFrom = (
  commandId: string,
  service: ServiceName,
  at: string,
  correlationId: string,
  causationId: string,
): CommandContext => ({
  commandId,
  eventId: (n) => uuidFrom(commandId, 'event', String(n)),
  actor: { user: service, role: 'service' },
  correlationId,
  causationId,
  occurredAt: at,
});

/**
 * Context of a command that a bus event causes: the same event and reason always give the same command id, so that a
 * second delivery does nothing.
 */
export const contextFromEvent = (event: CloudEvent, service: ServiceName, reason: string): CommandContext => ({
  ...contextFrom(uuidFrom(event.id, service, reason), service, event.time, event.correlationid, event.id),
  ...(event.traceparent ? { traceparent: event.traceparent } : {}),
});

/** Context of a command that time causes; `occasion` names what is due, so that it is done once. */
export const contextFromClock = (service: ServiceName, now: Date, ...occasion: readonly string[]): CommandContext => {
  const commandId = uuidFrom(service, 'clock', ...occasion);
  return contextFrom(commandId, service, now.toISOString(), commandId, commandId);
};

/** Context of a further command that this one brings about in another stream: ids of its own, the same on a repeat. */
export function within(context: CommandContext, part: string): CommandContext {
  const commandId = uuidFrom(context.commandId, part);
  const { expectedRevision: _ofTheFirstStream, ...rest } = context;
  return {
    ...rest,
    commandId,
    eventId: (n) => uuidFrom(commandId, 'event', String(n)),
    causationId: context.commandId,
  };
}
