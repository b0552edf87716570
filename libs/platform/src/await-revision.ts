import { untilRowsChange } from '@tsunagu/read-models';
import { Unavailable } from './problems';

const PATIENCE_MS = 2_000;
/** Where another process projects, the row is looked for again after so long; here we are told. */
const LOOK_AGAIN_MS = { first: 8, most: 64 } as const;

/**
 * Read your own write: the row, once it shows `minRevision`.
 * @param find the row now; nothing when there is none yet
 * @throws Unavailable (`not-yet-visible`) after 2 s
 */
export async function rowAt<Row extends { readonly revision: number } | null | undefined>(
  find: () => Promise<Row>,
  minRevision: number | undefined,
): Promise<Row> {
  const deadline = performance.now() + PATIENCE_MS;
  // Each wait is longer than the one before: many who wait must not keep the database busy with their asking.
  for (let wait: number = LOOK_AGAIN_MS.first; ; wait = Math.min(wait * 2, LOOK_AGAIN_MS.most)) {
    const row = await find();
    if (minRevision === undefined || (row?.revision ?? -1) >= minRevision) return row;
    if (performance.now() > deadline) {
      throw new Unavailable(
        'not-yet-visible',
        'Your change is recorded but this list has not caught up yet. Ask again in a moment.',
      );
    }
    await untilRowsChange(wait);
  }
}

/** The same where only the revision is known. @throws as `rowAt` */
export async function awaitRevision(
  read: () => Promise<number | undefined>,
  minRevision: number | undefined,
): Promise<void> {
  if (minRevision === undefined) return;
  await rowAt(async () => ({ revision: (await read()) ?? -1 }), minRevision);
}
