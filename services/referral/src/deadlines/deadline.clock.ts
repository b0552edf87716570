import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type ClockWork, contextFromClock } from '@tsunagu/platform';
import { DataSource, LessThanOrEqual } from 'typeorm';
import { HandleReferral } from '../referral/referral.handler';
import { ReferralRow } from '../referral-rows/referral-row.entity';

const MINUTE_MS = 60_000;
const BATCH = 500;

/** Calls overdue what is overdue, once per status and deadline. It ends nothing: people do. */
@Injectable()
export class DeadlineClock implements ClockWork {
  readonly everyMs = MINUTE_MS;

  constructor(
    private readonly commands: CommandBus,
    private readonly reads: DataSource,
  ) {}

  async run(now: Date): Promise<void> {
    const past = LessThanOrEqual(now.toISOString());
    const rows = this.reads.getRepository(ReferralRow);
    for (const { id, status, deadline } of await rows.find({
      where: { deadline: past, overdue: false },
      take: BATCH,
    })) {
      if (deadline !== null) await this.pass(now, id, deadline, status);
    }
    for (const { id, notices } of await rows.find({ where: { noticeDue: past }, take: BATCH })) {
      const late = notices.filter((one) => !one.acknowledged && !one.overdue && one.deadline <= now.toISOString());
      for (const { agency, deadline } of late) await this.pass(now, id, deadline, 'acknowledgement', agency);
    }
  }

  private async pass(now: Date, id: string, deadline: string, occasion: string, agency?: string): Promise<void> {
    const context = contextFromClock('referral', now, id, occasion, deadline, agency ?? '');
    const order = { type: 'PassDeadline', deadline, now: now.toISOString(), ...(agency ? { agency } : {}) } as const;
    await this.commands.execute(new HandleReferral(id, order, context));
  }
}
