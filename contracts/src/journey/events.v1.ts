import { recordViewedBy } from '../platform/events.v1';

export const journeyEvents = { RecordViewed: recordViewedBy('journey') } as const;
