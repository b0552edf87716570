import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  DraftReferral,
  ProvideInformation,
  type ReferralChanged,
  ReferralReason,
  RerouteReferral,
} from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { Allow, type Asker, Context, CurrentActor, idFrom, IdPipe } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { answer, ReferralCommands } from './referral-commands';
import { Rerouting } from './rerouting';

class DraftReferralDto extends createZodDto(DraftReferral) {}
class ProvideInformationDto extends createZodDto(ProvideInformation) {}
class ReferralReasonDto extends createZodDto(ReferralReason) {}
class RerouteReferralDto extends createZodDto(RerouteReferral) {}

/** What the sending agency does; cancelling is for either side. */
@ApiTags('referrals')
@Controller('referrals')
export class SendingController {
  constructor(
    private readonly referrals: ReferralCommands,
    private readonly rerouting: Rerouting,
  ) {}

  /** Discloses nothing, and nobody else learns of it. */
  @Post()
  @Allow('caseworker', 'supervisor')
  draft(
    @Body() body: DraftReferralDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    const draft = { ...body, personId: body.personId.toLowerCase() };
    const order = { type: 'DraftReferral', ...this.referrals.orderedBy(asker), draft } as const;
    return this.referrals.dispatch(idFrom(context, 'referral'), order, context);
  }

  /** Passes on what the draft names, if the person's consent permits all of it now; else withholds it, on the record. */
  @Post(':id/sending')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  send(
    @Param('id', IdPipe) id: string,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    return this.referrals.dispatch(id, { type: 'SendReferral', ...this.referrals.orderedBy(asker) }, context);
  }

  /** Answers the receiver's question, under an authorisation of its own. */
  @Post(':id/information')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  provideInformation(
    @Param('id', IdPipe) id: string,
    @Body() { answer: text, categories }: ProvideInformationDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    const order = { type: 'ProvideInformation', ...this.referrals.orderedBy(asker), answer: text } as const;
    return this.referrals.dispatch(id, categories ? { ...order, categories } : order, context);
  }

  @Post(':id/cancellation')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  cancel(
    @Param('id', IdPipe) id: string,
    @Body() reason: ReferralReasonDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    const order = { type: 'CancelReferral', ...this.referrals.orderedBy(asker), ...reason } as const;
    return this.referrals.dispatch(id, order, context);
  }

  @Post(':id/error')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  markEnteredInError(
    @Param('id', IdPipe) id: string,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    return this.referrals.dispatch(id, { type: 'MarkEnteredInError', ...this.referrals.orderedBy(asker) }, context);
  }

  /** Ends this one, where it is still live, and drafts its successor in the same thread: send that one next. */
  @Post(':id/rerouting')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  async reroute(
    @Param('id', IdPipe) id: string,
    @Body() to: RerouteReferralDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    const { now } = this.referrals.orderedBy(asker);
    return answer(id, await this.rerouting.reroute(id, to, asker, context, now));
  }
}
