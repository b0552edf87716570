import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  AcknowledgeWithdrawal,
  CompleteReferral,
  type ReferralChanged,
  ReferralReason,
  RequestInformation,
} from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { agencyOf, Allow, type Asker, Context, CurrentActor, IdPipe } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { roleOf } from './decided-reads';
import { ReferralCommands } from './referral-commands';

class AcknowledgeWithdrawalDto extends createZodDto(AcknowledgeWithdrawal) {}
class CompleteReferralDto extends createZodDto(CompleteReferral) {}
class ReferralReasonDto extends createZodDto(ReferralReason) {}
class RequestInformationDto extends createZodDto(RequestInformation) {}

/** What the receiving agency does. */
@ApiTags('referrals')
@Controller('referrals/:id')
export class ReceivingController {
  constructor(private readonly referrals: ReferralCommands) {}

  /** Takes on an open call: the first to claim it gets it, if consent reaches the claimer. */
  @Post('claim')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  claim(
    @Param('id', IdPipe) id: string,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    const recipient = { agency: agencyOf(asker), user: asker.user, role: roleOf(asker) };
    const order = { type: 'ClaimReferral', ...this.referrals.orderedBy(asker), recipient } as const;
    return this.referrals.dispatch(id, order, context);
  }

  @Post('information-requests')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  requestInformation(
    @Param('id', IdPipe) id: string,
    @Body() { question }: RequestInformationDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    const order = { type: 'RequestInformation', ...this.referrals.orderedBy(asker), question } as const;
    return this.referrals.dispatch(id, order, context);
  }

  @Post('acceptance')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  accept(
    @Param('id', IdPipe) id: string,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    return this.referrals.dispatch(id, { type: 'AcceptReferral', ...this.referrals.orderedBy(asker) }, context);
  }

  @Post('rejection')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  reject(
    @Param('id', IdPipe) id: string,
    @Body() reason: ReferralReasonDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    const order = { type: 'RejectReferral', ...this.referrals.orderedBy(asker), ...reason } as const;
    return this.referrals.dispatch(id, order, context);
  }

  @Post('start')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  start(
    @Param('id', IdPipe) id: string,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    return this.referrals.dispatch(id, { type: 'StartReferral', ...this.referrals.orderedBy(asker) }, context);
  }

  @Post('hold')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  hold(
    @Param('id', IdPipe) id: string,
    @Body() reason: ReferralReasonDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    const order = { type: 'HoldReferral', ...this.referrals.orderedBy(asker), ...reason } as const;
    return this.referrals.dispatch(id, order, context);
  }

  @Post('resumption')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  resume(
    @Param('id', IdPipe) id: string,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    return this.referrals.dispatch(id, { type: 'ResumeReferral', ...this.referrals.orderedBy(asker) }, context);
  }

  /** The sender learns the outcome under the return grant. */
  @Post('completion')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  complete(
    @Param('id', IdPipe) id: string,
    @Body() { outcome, note }: CompleteReferralDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    const order = { type: 'CompleteReferral', ...this.referrals.orderedBy(asker), outcome } as const;
    return this.referrals.dispatch(id, note === undefined ? order : { ...order, note }, context);
  }

  @Post('failure')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor')
  fail(
    @Param('id', IdPipe) id: string,
    @Body() reason: ReferralReasonDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    const order = { type: 'FailReferral', ...this.referrals.orderedBy(asker), ...reason } as const;
    return this.referrals.dispatch(id, order, context);
  }

  /** Says what became of what was passed on, after the person withdrew consent. For the sender too, once told the outcome. */
  @Post('withdrawal-acknowledgement')
  @HttpCode(200)
  @Allow('caseworker', 'supervisor', 'agency-admin')
  acknowledge(
    @Param('id', IdPipe) id: string,
    @Body() { disposition, legalBasis }: AcknowledgeWithdrawalDto,
    @CurrentActor() asker: Asker,
    @Context() context: CommandContext,
  ): Promise<ReferralChanged> {
    const order = { type: 'AcknowledgeWithdrawal', ...this.referrals.orderedBy(asker), disposition } as const;
    return this.referrals.dispatch(id, legalBasis ? { ...order, legalBasis } : order, context);
  }
}
