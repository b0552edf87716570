import type { CloudEvent, DataOf, ServiceStatus } from '@tsunagu/contracts';
import { referralEvents } from '@tsunagu/contracts';
import type { PlanCommand } from '../plan/domain/plan';

type StatusChanged = DataOf<typeof referralEvents.ServiceStatusChanged>;

export interface LeaningPlan {
  readonly planId: string;
}

export interface PlanWork {
  readonly planId: string;
  readonly command: Omit<Extract<PlanCommand, { readonly kind: 'raise-task' }>, 'now' | 'taskId'>;
}

const RUNS_AS_USUAL: ServiceStatus = 'open';

/** The service whose status changed so that people may lose touch; undefined for every other event. */
export function disturbedService(event: CloudEvent): string | undefined {
  if (event.type !== referralEvents.ServiceStatusChanged.type) return undefined;
  const { serviceId, status } = event.data as StatusChanged;
  return status === RUNS_AS_USUAL ? undefined : serviceId;
}

/** Each live plan that leans on it must agree another way to keep contact: nobody drops out silently. */
export const tasksFor = (serviceId: string, plans: readonly LeaningPlan[]): readonly PlanWork[] =>
  plans.map(({ planId }) => ({ planId, command: { kind: 'raise-task', task: 'agree-another-way', about: serviceId } }));
