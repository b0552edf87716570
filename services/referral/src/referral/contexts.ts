import type { CommandContext } from '@tsunagu/event-sourcing';
import { uuidFrom } from '@tsunagu/platform';

const withId = ({ expectedRevision: _ofTheRequest, ...rest }: CommandContext, commandId: string): CommandContext => ({
  ...rest,
  commandId,
  eventId: (n) => uuidFrom(commandId, 'event', String(n)),
  causationId: rest.commandId,
});

/** A further command that this one brings about in another stream: ids of its own, the same on a repeat. */
export const within = (context: CommandContext, part: string): CommandContext =>
  withId(context, uuidFrom(context.commandId, part));
