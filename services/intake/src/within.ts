import type { CommandContext } from '@tsunagu/event-sourcing';
import { uuidFrom } from '@tsunagu/platform';

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
