import { setTimeout as delay } from 'node:timers/promises';
import { Unavailable } from './problems';

const PATIENCE_MS = 2_000;
const FIRST_WAIT_MS = 2;
const LONGEST_WAIT_MS = 64;

/**
 * Read your own write: waits until the read model has reached `minRevision`.
 * @param read revision of the row now; undefined when there is none yet
 * @throws Unavailable (`not-yet-visible`) after 2 s
 */
export async function awaitRevision(
  read: () => Promise<number | undefined>,
  minRevision: number | undefined,
): Promise<void> {
  if (minRevision === undefined) return;
  const deadline = Date.now() + PATIENCE_MS;
  // Each wait is longer than the one before: many who wait must not keep the database busy with their asking.
  for (let wait = FIRST_WAIT_MS; ((await read()) ?? -1) < minRevision; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    if (Date.now() > deadline) {
      throw new Unavailable(
        'not-yet-visible',
        'Your change is recorded but this list has not caught up yet. Ask again in a moment.',
      );
    }
    await delay(wait);
  }
}
