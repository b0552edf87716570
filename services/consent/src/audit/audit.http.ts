import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { nobody, ReplayQuery } from '@tsunagu/contracts';
import type { CommandContext, EventStore, Position } from '@tsunagu/event-sourcing';
import { Allow, type Asker, Context, CurrentActor, EVENT_STORE } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { PersonAccess } from '../person-access';
import { Replay, type Replayed } from './replay';

class ReplayQueryDto extends createZodDto(ReplayQuery) {}

const BATCH = 2_000;

@ApiTags('audit')
@Controller('audit')
export class AuditController {
  constructor(
    private readonly access: PersonAccess,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** Decides every recorded authorisation and refusal again and says whether any comes out differently. */
  @Get('replay')
  @Allow('auditor')
  async replay(
    @Query() { personId }: ReplayQueryDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<Replayed> {
    await this.access.recordLook(asker, personId ?? nobody, { subject: 'consent-replay' }, 'audit', context);
    const replay = new Replay();
    if (personId === undefined) await this.seeAll(replay);
    else (await this.store.readStream(`consent-${personId}`)).forEach((event) => replay.see(event));
    return replay.result();
  }

  private async seeAll(replay: Replay): Promise<void> {
    let after: Position | undefined;
    for (;;) {
      const events = await this.store.readAll({ limit: BATCH, ...(after ? { after } : {}) });
      events.forEach((event) => replay.see(event));
      after = events.at(-1)?.position;
      if (events.length < BATCH) return;
    }
  }
}
