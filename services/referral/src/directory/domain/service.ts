import {
  type Capacity,
  emptyService,
  type ImportedService,
  type Mode,
  type ServiceProfile,
  type ServiceStatus,
} from '@tsunagu/contracts';
import { type Decider, never, Rejection } from '@tsunagu/event-sourcing';
import { changesTo, defined, isEmpty, same } from './changes';
import { requireCustody } from './custody';
import type { Custody, ServiceEvent, Stated } from './events';

type Named = Partial<ServiceProfile> & Pick<ServiceProfile, 'name' | 'kind' | 'organisationId'>;
interface Running {
  readonly status: ServiceStatus;
  readonly modes: readonly Mode[];
  readonly capacity: Capacity | null;
}

/** `agency` is the asker's own. */
export type ServiceCommand =
  | (Running & {
      readonly type: 'ListService';
      readonly profile: Named;
      readonly managedBy: string;
      readonly agency: string;
    })
  | { readonly type: 'ReviseService'; readonly changes: Partial<ServiceProfile>; readonly agency: string }
  | { readonly type: 'ImportService'; readonly record: ImportedService; readonly agency: string }
  | {
      readonly type: 'ChangeServiceStatus';
      readonly status: ServiceStatus;
      readonly modes: readonly Mode[];
      readonly reason: string | null;
      readonly agency: string;
    }
  | { readonly type: 'ChangeServiceCapacity'; readonly capacity: Capacity; readonly agency: string };

type Listed = Custody &
  Omit<Running, 'status'> & {
    readonly status: 'listed';
    readonly running: ServiceStatus;
    readonly profile: ServiceProfile;
    readonly stated: Stated;
  };
export type ServiceState = { readonly status: 'unlisted' } | Listed;

export const service: Decider<ServiceCommand, ServiceEvent, ServiceState> = {
  category: 'service',
  initial: { status: 'unlisted' },
  evolve,
  decide: (command, state) => {
    switch (command.type) {
      case 'ListService':
        return list(command, state);
      case 'ReviseService':
        return revise(command.changes, command.agency, mustBeListed(state));
      case 'ImportService':
        return importRecord(command.record, command.agency, state);
      case 'ChangeServiceStatus':
        return changeStatus(command, mustBeListed(state));
      case 'ChangeServiceCapacity':
        return changeCapacity(command.capacity, command.agency, mustBeListed(state));
      default:
        return never(command);
    }
  },
};

function evolve(state: ServiceState, event: ServiceEvent): ServiceState {
  if (event.type === 'ServiceListed') {
    const { status, ...rest } = event.data;
    return { ...rest, status: 'listed', running: status };
  }
  if (state.status !== 'listed') return state;
  switch (event.type) {
    case 'ServiceRevised':
      return {
        ...state,
        profile: { ...state.profile, ...event.data.changes },
        stated: { ...state.stated, ...event.data.stated },
      };
    case 'ServiceStatusChanged':
      return { ...state, running: event.data.status, modes: event.data.modes };
    case 'ServiceCapacityChanged':
      return { ...state, capacity: event.data };
    default:
      return never(event);
  }
}

function mustBeListed(state: ServiceState): Listed {
  if (state.status !== 'listed') throw new Rejection('not-listed', 'This service is not in the directory.');
  return state;
}

function list(
  { profile, status, modes, capacity, managedBy, agency }: Extract<ServiceCommand, { type: 'ListService' }>,
  state: ServiceState,
): readonly ServiceEvent[] {
  if (state.status === 'listed') throw new Rejection('already-listed', 'This service is already in the directory.');
  return [listed(profile, { status, modes, capacity }, { managedBy, listedBy: agency }, null, {})];
}

function revise(told: Partial<ServiceProfile>, agency: string, state: Listed): readonly ServiceEvent[] {
  const changes = changesTo(state.profile, told);
  if (isEmpty(changes)) return [];
  requireCustody(state, agency);
  return [{ type: 'ServiceRevised', data: { changes } }];
}

function changeStatus(
  { status, modes, reason, agency }: Extract<ServiceCommand, { type: 'ChangeServiceStatus' }>,
  state: Listed,
): readonly ServiceEvent[] {
  if (status === state.running && same(modes, state.modes)) return [];
  requireCustody(state, agency);
  return [{ type: 'ServiceStatusChanged', data: { status, modes, reason } }];
}

function changeCapacity(capacity: Capacity, agency: string, state: Listed): readonly ServiceEvent[] {
  if (capacity.total !== null && capacity.available !== null && capacity.available > capacity.total) {
    throw new Rejection('more-free-than-places', 'There cannot be more free places than places.', 'available');
  }
  if (same(capacity, state.capacity)) return [];
  requireCustody(state, agency);
  return [{ type: 'ServiceCapacityChanged', data: capacity }];
}

/** Suspending a venue by hand survives the next import; the source overrides it only by saying something new. */
function importRecord(record: ImportedService, agency: string, state: ServiceState): readonly ServiceEvent[] {
  const stated = defined({ status: record.status, modes: record.modes, capacityTotal: record.capacityTotal }) as Stated;
  if (state.status !== 'listed') return [listedByImport(record, stated, agency)];
  const changes = changesTo(state.profile, record.profile);
  const news = changesTo(state.stated, stated);
  if (isEmpty(changes) && isEmpty(news)) return [];
  requireCustody(state, agency);
  const revised: ServiceEvent = {
    type: 'ServiceRevised',
    data: isEmpty(news) ? { changes } : { changes, stated: news },
  };
  const { capacityTotal } = news;
  return [
    revised,
    ...changeStatus(
      {
        type: 'ChangeServiceStatus',
        status: news.status ?? state.running,
        modes: news.modes ?? state.modes,
        reason: null,
        agency,
      },
      state,
    ),
    ...(capacityTotal === undefined ? [] : changeCapacity(resized(state.capacity, capacityTotal), agency, state)),
  ];
}

/** Free places are counted by hand; they never exceed the places that the source says there are. */
const resized = (known: Capacity | null, total: number | null): Capacity => ({
  total,
  available: known?.available == null || total === null ? (known?.available ?? null) : Math.min(known.available, total),
});

const listedByImport = (record: ImportedService, stated: Stated, agency: string): ServiceEvent =>
  listed(
    record.profile,
    {
      status: record.status ?? 'open',
      modes: record.modes ?? [],
      capacity: record.capacityTotal == null ? null : { total: record.capacityTotal, available: null },
    },
    { managedBy: record.managedBy ?? agency, listedBy: agency },
    record.source,
    stated,
  );

const listed = (
  profile: Named,
  { status, modes, capacity }: Running,
  custody: Custody,
  source: string | null,
  stated: Stated,
): ServiceEvent => ({
  type: 'ServiceListed',
  data: { ...custody, profile: { ...emptyService, ...defined(profile) }, status, modes, capacity, source, stated },
});
