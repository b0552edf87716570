import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type CloudEvent, intakeEvents, referralEvents } from '@tsunagu/contracts';
import { Rejection } from '@tsunagu/event-sourcing';
import {
  type CommandingConsumer,
  CaughtUp,
  type Clock,
  CLOCK,
  contextFromEvent,
  idFrom,
  SEALER,
} from '@tsunagu/platform';
import type { Sealer } from '@tsunagu/sealing';
import { DataSource } from 'typeorm';
import { HandlePlan } from '../plan/plan.handler';
import { PlanRow } from '../plans/plans.entity';
import { reactionTo } from './workflow';

@Injectable()
export class WithdrawalRunner implements CommandingConsumer {
  readonly group = 'follow-up-withdrawal';
  readonly events = [referralEvents.WithdrawalNotified, referralEvents.ReferralCancelled, intakeEvents.PersonErased];

  constructor(
    private readonly commands: CommandBus,
    private readonly reads: DataSource,
    private readonly caughtUp: CaughtUp,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SEALER) private readonly sealer: Sealer,
  ) {}

  async react(event: CloudEvent): Promise<void> {
    const concern = reactionTo(event);
    if (!concern) return;
    if ('personId' in concern.plans) this.sealer.forget(concern.plans.personId);
    await this.caughtUp.wait();
    const rows = await this.reads.getRepository(PlanRow).findBy({ ...concern.plans, status: 'open' });
    for (const { id } of rows) {
      const context = contextFromEvent(event, 'follow-up', `${concern.reaction.kind}:${id}`);
      const command = { ...concern.reaction, now: this.clock.now().toISOString(), taskId: idFrom(context, 'task') };
      await this.commands.execute(new HandlePlan(id, command, context)).catch(unlessClosedMeanwhile);
    }
  }
}

/** The owner closed the plan between our look and our command: there is nothing left to review. */
function unlessClosedMeanwhile(error: unknown): void {
  if (!(error instanceof Rejection) || error.code !== 'plan-not-open') throw error;
}
