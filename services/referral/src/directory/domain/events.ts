import type {
  Capacity,
  ImportedService,
  Mode,
  Need,
  OrganisationProfile,
  ServiceProfile,
  ServiceStatus,
} from '@tsunagu/contracts';

/** What a source said last about the things that people change by hand: only a change in the source overrides them. */
export type Stated = Pick<ImportedService, 'status' | 'modes' | 'capacityTotal'>;

/** Who answers for an entry: the agency that runs it and the agency that listed it. */
export interface Custody {
  readonly managedBy: string | null;
  readonly listedBy: string | null;
}

export type OrganisationEvent =
  | {
      readonly type: 'OrganisationListed';
      readonly data: Custody & { readonly profile: OrganisationProfile; readonly source: string | null };
    }
  | { readonly type: 'OrganisationRevised'; readonly data: { readonly changes: Partial<OrganisationProfile> } };

export type ServiceEvent =
  | {
      readonly type: 'ServiceListed';
      readonly data: Custody & {
        readonly profile: ServiceProfile;
        readonly status: ServiceStatus;
        readonly modes: readonly Mode[];
        readonly capacity: Capacity | null;
        readonly source: string | null;
        readonly stated: Stated;
      };
    }
  | {
      readonly type: 'ServiceRevised';
      readonly data: { readonly changes: Partial<ServiceProfile>; readonly stated?: Stated };
    }
  | {
      readonly type: 'ServiceStatusChanged';
      readonly data: {
        readonly status: ServiceStatus;
        readonly modes: readonly Mode[];
        readonly reason: string | null;
      };
    }
  | { readonly type: 'ServiceCapacityChanged'; readonly data: Capacity };

/** Somebody looked for this and the directory had nothing. Never says who it was for. */
export type UnmetNeedEvent = {
  readonly type: 'UnmetNeedRecorded';
  readonly data: { readonly need: Need; readonly area: string | null; readonly month: string };
};
