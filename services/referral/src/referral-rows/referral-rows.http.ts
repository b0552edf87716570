import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  FindOpenCalls,
  FindReferrals,
  type OpenCallLine,
  ReferralAtRevision,
  type ReferralLine,
  type ReferralView,
} from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { agencyOf, Allow, type Asker, Context, CurrentActor, IdPipe, rowAt } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { ReferralAccess } from '../referral/referral.access';
import { type Page, ReferralRows } from './referral-rows.query';
import { ReferralViews } from './referral-view';

class FindReferralsDto extends createZodDto(FindReferrals) {}
class FindOpenCallsDto extends createZodDto(FindOpenCalls) {}
class ReferralAtRevisionDto extends createZodDto(ReferralAtRevision) {}

@ApiTags('referrals')
@Controller()
export class ReferralRowsController {
  constructor(
    private readonly rows: ReferralRows,
    private readonly access: ReferralAccess,
    private readonly views: ReferralViews,
  ) {}

  /** The worklist of one's own agency: ids, codes and dates. */
  @Get('referrals')
  @Allow('caseworker', 'supervisor', 'agency-admin')
  async list(
    @Query() query: FindReferralsDto,
    @CurrentActor() asker: Asker,
  ): Promise<{ referrals: readonly ReferralLine[]; next: string | null }> {
    const { lines, next }: Page<ReferralLine> = await this.rows.find(agencyOf(asker), asker.user, query);
    return { referrals: lines, next };
  }

  /** Calls that any agency may claim; they tell nothing about the person. */
  @Get('open-calls')
  @Allow('caseworker', 'supervisor', 'agency-admin')
  async openCalls(
    @Query() query: FindOpenCallsDto,
  ): Promise<{ openCalls: readonly OpenCallLine[]; next: string | null }> {
    const { lines, next } = await this.rows.openCalls(query);
    return { openCalls: lines, next };
  }

  /** To its parties; the same 404 to everybody else. */
  @Get('referrals/:id')
  @Allow('caseworker', 'supervisor', 'agency-admin')
  async one(
    @Param('id', IdPipe) id: string,
    @Query() { minRevision }: ReferralAtRevisionDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralView> {
    const row = await rowAt(() => this.access.asParty(id, asker), minRevision);
    return this.views.show(row, asker, context);
  }
}
