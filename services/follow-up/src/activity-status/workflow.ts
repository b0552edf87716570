import { type CloudEvent, type DataOf, followUpEvents, referralEvents, type ServiceStatus } from '@tsunagu/contracts';

type StatusChanged = DataOf<typeof referralEvents.ServiceStatusChanged>;
type Opened = DataOf<typeof followUpEvents.PlanOpened>;
type Closed = DataOf<typeof followUpEvents.PlanClosed>;

/** What an event means for the people who lean on an activity. */
export type Meaning =
  | { readonly kind: 'service-disturbed'; readonly serviceId: string }
  | { readonly kind: 'service-back'; readonly serviceId: string }
  | { readonly kind: 'plan-leans'; readonly planId: string }
  | { readonly kind: 'plan-ended'; readonly planId: string };

const RUNS_AS_USUAL: ServiceStatus = 'open';

/** Undefined for events that neither move a service nor a plan. */
export function meaningOf(event: CloudEvent): Meaning | undefined {
  switch (event.type) {
    case referralEvents.ServiceStatusChanged.type: {
      const { serviceId, status } = event.data as StatusChanged;
      return { kind: status === RUNS_AS_USUAL ? 'service-back' : 'service-disturbed', serviceId };
    }
    case followUpEvents.PlanOpened.type:
    case followUpEvents.PlanRevised.type:
      return { kind: 'plan-leans', planId: (event.data as Opened).planId };
    case followUpEvents.PlanClosed.type:
      return { kind: 'plan-ended', planId: (event.data as Closed).planId };
    default:
      return undefined;
  }
}
