import { randomUUID } from 'node:crypto';
import type { EventMetadata, NewEvent, StreamName } from '@tsunagu/event-sourcing';

export const sampleMetadata: EventMetadata = {
  actor: { user: 'aoi', agency: 'tsumugi-city-desk', role: 'caseworker' },
  onBehalfOf: 'person-1',
  purpose: 'support',
  authorisation: 'auth-1',
  commandId: '00000000-0000-4000-8000-000000000001',
  fingerprint: 'f1',
  correlationId: 'corr-1',
  causationId: 'cause-1',
  occurredAt: '2026-11-22T09:00:00+09:00',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

export const anEvent = (n = 0, changes: Partial<NewEvent> = {}): NewEvent => ({
  id: randomUUID(),
  type: 'NeedRecorded',
  schemaVersion: 1,
  data: { n },
  metadata: { ...sampleMetadata, commandId: randomUUID() },
  ...changes,
});

export const newStream = (): StreamName => `contract-${randomUUID()}`;

export const numbersOf = (events: readonly { readonly data: object }[]): unknown[] =>
  events.map(({ data }) => ('n' in data ? data.n : undefined));
