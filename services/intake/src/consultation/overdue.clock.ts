import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type ClockWork, contextFromClock } from '@tsunagu/platform';
import { DataSource, LessThan } from 'typeorm';
import { ConsultationRow } from '../consultation-rows/consultation-row.entity';
import { HandleConsultation } from './consultation.handler';

const AT_ONCE = 500;

/** Nobody who waits is forgotten: a passed deadline is told, once. */
@Injectable()
export class OverdueClock implements ClockWork {
  readonly everyMs = 15_000;

  constructor(
    private readonly commands: CommandBus,
    private readonly reads: DataSource,
  ) {}

  async run(now: Date): Promise<void> {
    const late = await this.reads.getRepository(ConsultationRow).find({
      where: { status: 'open', overdue: false, dueAt: LessThan(now.toISOString()) },
      order: { dueAt: 'ASC' },
      take: AT_ONCE,
    });
    for (const { id, dueAt } of late) {
      const context = contextFromClock('intake', now, 'overdue', id, dueAt ?? '');
      await this.commands.execute(
        new HandleConsultation(id, { type: 'RaiseOverdue', now: now.toISOString() }, context),
      );
    }
  }
}
