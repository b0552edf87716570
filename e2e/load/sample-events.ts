import { randomUUID } from 'node:crypto';
import { type NewEvent, type StreamName } from '@tsunagu/event-sourcing';

/** About 600 bytes, shaped as the services' events are: codes, references and a sealed text. */
export function sampleEvent(n: number): NewEvent {
  const commandId = randomUUID();
  return {
    id: randomUUID(),
    type: 'NeedRecorded',
    schemaVersion: 1,
    data: {
      need: 'isolation',
      urgency: 'soon',
      n,
      note: { sealed: `v1.${'Zm9vYmFyYmF6cXV4'.repeat(9)}` },
      consultation: '6f1e0b9c-6f5f-4b0e-8a50-0d4f0a4c2b11',
    },
    metadata: {
      actor: { user: 'aoi', agency: 'tsumugi-city-desk', role: 'caseworker' },
      purpose: 'support',
      commandId,
      correlationId: commandId,
      causationId: commandId,
      occurredAt: '2026-11-22T09:00:00+09:00',
    },
  };
}

export const STREAM_LENGTH = 12;

/** Each caller writes streams of twelve events, one after the other. */
export class StreamWriter {
  private stream: StreamName = `bench-${randomUUID()}`;
  private next = 0;

  take(events: number): { readonly stream: StreamName; readonly revision: number; readonly events: NewEvent[] } {
    if (this.next >= STREAM_LENGTH) {
      this.stream = `bench-${randomUUID()}`;
      this.next = 0;
    }
    const revision = this.next;
    this.next += events;
    return {
      stream: this.stream,
      revision,
      events: Array.from({ length: events }, (_, n) => sampleEvent(revision + n)),
    };
  }
}
