import { Injectable } from '@nestjs/common';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { type Access, AccessLog, type Asker } from '@tsunagu/platform';

/** Looking at the journey is itself on record, before it is answered. */
@Injectable()
export class Looks {
  constructor(private readonly log: AccessLog) {}

  record(
    asker: Asker,
    look: Pick<Access, 'personId' | 'subject' | 'subjectId' | 'basis'>,
    context: CommandContext,
  ): Promise<void> {
    const parties = asker.agency === undefined ? [] : [asker.agency];
    return this.log.record(asker, { ...look, parties, categories: [], action: 'read', outcome: 'shown' }, context);
  }
}
