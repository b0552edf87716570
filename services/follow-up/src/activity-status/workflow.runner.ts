import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type CloudEvent, referralEvents } from '@tsunagu/contracts';
import { type BusConsumer, type Clock, CLOCK, contextFromEvent, idFrom } from '@tsunagu/platform';
import { DataSource } from 'typeorm';
import { HandlePlan } from '../plan/plan.handler';
import { disturbedService, tasksFor } from './workflow';

@Injectable()
export class ActivityStatusRunner implements BusConsumer {
  readonly group = 'follow-up-activity-status';
  readonly topics = [referralEvents.ServiceStatusChanged.topic];

  constructor(
    private readonly commands: CommandBus,
    private readonly reads: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async handle(event: CloudEvent): Promise<void> {
    const serviceId = disturbedService(event);
    if (serviceId === undefined) return;
    const leaning = await this.reads.query<{ planId: string }[]>(
      `SELECT "id" AS "planId" FROM plans WHERE "status" = 'open' AND "leansOn" @> to_jsonb($1::text)`,
      [serviceId],
    );
    for (const { planId, command } of tasksFor(serviceId, leaning)) {
      const context = contextFromEvent(event, 'follow-up', `another-way:${planId}`);
      await this.commands.execute(
        new HandlePlan(
          planId,
          { ...command, now: this.clock.now().toISOString(), taskId: idFrom(context, 'task') },
          context,
        ),
      );
    }
  }
}
