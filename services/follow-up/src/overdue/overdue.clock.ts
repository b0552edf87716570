import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { dateInJapan } from '@tsunagu/calendar';
import { Rejection } from '@tsunagu/event-sourcing';
import { type ClockWork, contextFromClock } from '@tsunagu/platform';
import { DataSource, LessThan } from 'typeorm';
import { HandlePlan } from '../plan/plan.handler';
import { PlanRow } from '../plans/plans.entity';

const MINUTE_MS = 60_000;

/** Puts every contact that is late before somebody: the owner first, then higher. The plan itself decides how late is late. */
@Injectable()
export class OverdueClock implements ClockWork {
  readonly everyMs = MINUTE_MS;

  constructor(
    private readonly commands: CommandBus,
    private readonly reads: DataSource,
  ) {}

  async run(now: Date): Promise<void> {
    const today = dateInJapan(now.toISOString());
    const late = await this.reads.getRepository(PlanRow).findBy({ status: 'open', nextContactOn: LessThan(today) });
    for (const { id, nextContactOn } of late) {
      const context = contextFromClock('follow-up', now, id, nextContactOn, today);
      await this.commands
        .execute(new HandlePlan(id, { kind: 'escalate', now: now.toISOString() }, context))
        .catch((error: unknown) => {
          if (!(error instanceof Rejection)) throw error;
        });
    }
  }
}
