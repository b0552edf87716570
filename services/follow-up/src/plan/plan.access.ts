import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { type CommandContext, type EventStore, stateOf } from '@tsunagu/event-sourcing';
import { agencyOf, type Asker, EVENT_STORE, NotFound, ServiceClient } from '@tsunagu/platform';
import { plan } from './domain/plan';
import type { OpenPlan, PlanState } from './domain/state';

const ACCEPTANCE_PATIENCE_MS = 2_000;
const ACCEPTANCE_STEP_MS = 50;

/** Whose plan it is, before anything is done with it. Absent and foreign plans look the same. */
@Injectable()
export class PlanAccess {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly services: ServiceClient,
  ) {}

  /** @throws NotFound when there is no such plan */
  async current(id: string): Promise<Exclude<PlanState, { status: 'none' }>> {
    const { state } = await stateOf(this.store, plan, id);
    if (state.status === 'none') throw new NotFound();
    return state;
  }

  /** @throws NotFound unless the asker's agency holds the plan */
  async ofOwnAgency(id: string, asker: Asker): Promise<Exclude<PlanState, { status: 'none' }>> {
    const state = await this.current(id);
    if (state.agency !== agencyOf(asker)) throw new NotFound();
    return state;
  }

  /** @throws NotFound unless the asker is the agency that an open plan is to move to, or its person */
  async inTransferTo(
    id: string,
    asker: Asker,
  ): Promise<{ readonly current: OpenPlan; readonly by: 'receiver' | 'person' }> {
    const { state } = await stateOf(this.store, plan, id);
    if (state.status !== 'open') throw new NotFound();
    if (asker.person !== undefined && asker.person === state.personId) return { current: state, by: 'person' };
    if (asker.agency !== undefined && state.transfer?.toAgency === asker.agency)
      return { current: state, by: 'receiver' };
    throw new NotFound();
  }

  /**
   * An acceptance reaches intake over the bus: right after it, this waits for it instead of refusing.
   * @throws NotFound unless the agency is involved with the person
   */
  async mustBeInvolved(personId: string, asker: Asker, afterReferral: boolean, context: CommandContext): Promise<void> {
    const deadline = performance.now() + (afterReferral ? ACCEPTANCE_PATIENCE_MS : 0);
    while (
      !(await this.services.exists(
        'intake',
        `/persons/${encodeURIComponent(personId)}/agencies/${agencyOf(asker)}`,
        context,
      ))
    ) {
      if (performance.now() >= deadline) throw new NotFound();
      await delay(ACCEPTANCE_STEP_MS);
    }
  }
}
