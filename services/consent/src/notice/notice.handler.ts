import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandContext, type EventStore, handle, type Handled } from '@tsunagu/event-sourcing';
import { EVENT_STORE } from '@tsunagu/platform';
import type { NoticeEvent } from './domain/events';
import { notice, type NoticeState, type PublishNotice } from './domain/notice';

export class HandleNotice {
  constructor(
    readonly command: PublishNotice,
    readonly context: CommandContext,
  ) {}
}

export type NoticeHandled = Handled<NoticeEvent, NoticeState>;

@CommandHandler(HandleNotice)
export class NoticeHandler implements ICommandHandler<HandleNotice, NoticeHandled> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ command, context }: HandleNotice): Promise<NoticeHandled> {
    return handle(this.store, notice, command.noticeId, command, context);
  }
}
