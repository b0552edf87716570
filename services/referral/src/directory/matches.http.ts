import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { MatchServices } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { Allow, type Asker, type Clock, CLOCK, Context, CurrentActor, idFrom } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { HandleUnmetNeed } from './directory.handler';
import { type Judged, rank } from './domain/matching';
import { localMoment } from './domain/opening';
import { DirectoryQuery } from './listing/directory.query';
import type { ServiceRow } from './listing/rows.entity';
import { serviceSummary } from './listing/views';

class MatchServicesDto extends createZodDto(MatchServices) {}
const SET_ASIDE = 10;

@ApiTags('directory')
@Controller('matches')
export class MatchController {
  constructor(
    private readonly commands: CommandBus,
    private readonly directory: DirectoryQuery,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * What could help with a need, best first, with the reasons; and what was set aside, and why. When nothing in the
   * directory can help, that is recorded: a need that nothing meets shows the community what is missing.
   */
  @Post()
  @HttpCode(200)
  @Allow('caseworker', 'supervisor', 'agency-admin', 'person')
  async match(
    @Body() { limit, openAt, ...criteria }: MatchServicesDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ) {
    const candidates = (await this.directory.helpingWith(criteria.need)).map((row) => ({
      ...row,
      schedule: row.profile.schedule,
    }));
    const { matches, setAside } = rank(candidates, {
      ...criteria,
      openAt: openAt === undefined ? undefined : localMoment(openAt),
    });
    if (matches.length === 0) await this.recordUnmet(criteria, asker, context);
    return {
      matches: matches.slice(0, limit).map(shown),
      setAside: setAside.slice(0, SET_ASIDE).map(shown),
      unmet: matches.length === 0,
    };
  }

  private async recordUnmet(
    { need, area = null }: { need: MatchServicesDto['need']; area?: string | undefined | null },
    asker: Asker,
    context: CommandContext,
  ) {
    const month = localMoment(this.clock.now().toISOString()).date.slice(0, 7);
    const command = { type: 'RecordUnmetNeed', need, area, month } as const;
    await this.commands.execute(
      new HandleUnmetNeed(idFrom(context, 'unmet-need'), command, withoutPerson(asker, context)),
    );
  }
}

/** A need that is counted belongs to nobody: a person who searches for themselves is not on its record. */
const withoutPerson = (asker: Asker, context: CommandContext): CommandContext =>
  asker.person === undefined ? context : { ...context, actor: { user: 'person', role: 'person' } };

const shown = ({
  candidate: { schedule: _, ...row },
  score,
  reasons,
}: Judged<ServiceRow & { schedule: ServiceRow['profile']['schedule'] }>) => ({
  service: serviceSummary(row),
  score,
  reasons,
});
