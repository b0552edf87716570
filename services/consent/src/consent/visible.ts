import type { EventStore } from '@tsunagu/event-sourcing';
import { awaitRevision } from '@tsunagu/platform';
import type { DataSource, EntityTarget } from 'typeorm';

/**
 * Read your own write for a model that shows only some events of a person's consent stream: waits for the last of these
 * at or before `minRevision`.
 */
export async function awaitVisible(
  store: EventStore,
  reads: DataSource,
  rows: EntityTarget<{ readonly personId: string; readonly revision: number }>,
  shown: readonly string[],
  personId: string,
  minRevision: number | undefined,
): Promise<void> {
  if (minRevision === undefined) return;
  const events = await store.readStream(`consent-${personId}`, { from: minRevision, direction: 'backwards' });
  const wanted = events.find((event) => shown.includes(event.type))?.revision;
  const revision = async (): Promise<number | undefined> =>
    (await reads.getRepository(rows).maximum('revision', { personId })) ?? undefined;
  await awaitRevision(revision, wanted);
}
