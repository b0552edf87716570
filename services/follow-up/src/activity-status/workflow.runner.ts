import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type CloudEvent, followUpEvents, referralEvents } from '@tsunagu/contracts';
import { type EventStore, Rejection, stateOf } from '@tsunagu/event-sourcing';
import { type WritingConsumer, type Clock, CLOCK, contextFromEvent, EVENT_STORE, idFrom } from '@tsunagu/platform';
import { type EntityManager, In } from 'typeorm';
import { plan } from '../plan/domain/plan';
import { HandlePlan } from '../plan/plan.handler';
import { DisturbedServiceRow, PlanLeanRow } from './leans.entity';
import { meaningOf } from './workflow';

/**
 * When an activity stops, every live plan that leans on it is asked to agree another way to keep contact. A plan that
 * opens at the same moment is not missed: both sides write first and look then, one after the other per service.
 */
@Injectable()
export class ActivityStatusRunner implements WritingConsumer {
  readonly group = 'follow-up-activity-status';
  readonly events = [
    referralEvents.ServiceStatusChanged,
    followUpEvents.PlanOpened,
    followUpEvents.PlanRevised,
    followUpEvents.PlanClosed,
  ];

  constructor(
    private readonly commands: CommandBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async handle(event: CloudEvent, tx: EntityManager): Promise<void> {
    const meaning = meaningOf(event);
    switch (meaning?.kind) {
      case 'service-disturbed':
        return this.disturbed(event, meaning.serviceId, tx);
      case 'service-back':
        return void (await tx.delete(DisturbedServiceRow, { serviceId: meaning.serviceId }));
      case 'plan-leans':
        return this.leans(event, meaning.planId, tx);
      case 'plan-ended':
        return void (await tx.delete(PlanLeanRow, { planId: meaning.planId }));
      case undefined:
        return;
    }
  }

  private async disturbed(event: CloudEvent, serviceId: string, tx: EntityManager): Promise<void> {
    await oneAtATime(tx, [serviceId]);
    await tx.upsert(DisturbedServiceRow, { serviceId }, ['serviceId']);
    const leaning = await tx.query<{ planId: string }[]>(
      'SELECT "planId" FROM plan_leans WHERE "leansOn" @> to_jsonb($1::text)',
      [serviceId],
    );
    for (const { planId } of leaning) await this.askForAnotherWay(event, planId, serviceId);
  }

  private async leans(event: CloudEvent, planId: string, tx: EntityManager): Promise<void> {
    const { state } = await stateOf(this.store, plan, planId);
    if (state.status !== 'open') return;
    await oneAtATime(tx, state.leansOn);
    await tx.upsert(PlanLeanRow, { planId, leansOn: state.leansOn }, ['planId']);
    const disturbed = await tx.findBy(DisturbedServiceRow, { serviceId: In([...state.leansOn]) });
    for (const { serviceId } of disturbed) await this.askForAnotherWay(event, planId, serviceId);
  }

  private async askForAnotherWay(event: CloudEvent, planId: string, serviceId: string): Promise<void> {
    const context = contextFromEvent(event, 'follow-up', `another-way:${planId}:${serviceId}`);
    const command = {
      kind: 'raise-task',
      task: 'agree-another-way',
      about: serviceId,
      now: this.clock.now().toISOString(),
      taskId: idFrom(context, 'task'),
    } as const;
    await this.commands.execute(new HandlePlan(planId, command, context)).catch((error: unknown) => {
      if (!(error instanceof Rejection) || error.code !== 'plan-not-open') throw error;
    });
  }
}

/** Serialises events of the same services until the transaction ends; sorted, so that two never wait for each other. */
async function oneAtATime(tx: EntityManager, serviceIds: readonly string[]): Promise<void> {
  for (const id of [...serviceIds].sort())
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('disturbed/' || $1, 0))`, [id]);
}
