import type { CommandContext } from '@tsunagu/event-sourcing';
import { idFrom, uuidFrom } from '@tsunagu/platform';

/** Context of another command that this one brings about: its own ids, the same for a repeat. */
export function derivedContext(context: CommandContext, name: string): CommandContext {
  const { expectedRevision: _theOtherStreams, ...rest } = context;
  const commandId = idFrom(context, name);
  return {
    ...rest,
    commandId,
    eventId: (n) => uuidFrom(commandId, 'event', String(n)),
    causationId: context.commandId,
  };
}
