import type { CloudEvent } from '@tsunagu/contracts';
import { consumersOf } from '@tsunagu/platform';
import { compareRebuilt, compareReplayed, type Difference } from '@tsunagu/read-models';
import { during, type Installed, type Opened } from './installed';

/** What one look at a service found. Something on its way shows as a difference too: hence `atEvery`. */
export interface Look {
  /** Keys of the rows that a rebuild makes otherwise, per read model; those that the bus feeds too. */
  readonly differing: Readonly<Record<string, readonly string[]>>;
  /** Read models that the bus feeds whose beginning retention has deleted from it. */
  readonly notCompared: readonly string[];
  /** 1 while the log holds what the bus does not have yet. */
  readonly unpublished: number;
  /** Events not yet handled, per consumer group. */
  readonly unhandled: Readonly<Record<string, number>>;
  readonly deadLetters: number;
}

export const lookAt = (service: Installed): Promise<Look> =>
  during(service, async (opened) => {
    const consumers = consumersOf(service.definition);
    const own = await ofOwnLog(service, opened);
    const fed = await fromBus(service, opened);
    const unhandled: Record<string, number> = {};
    for (const { group } of consumers) unhandled[group] = await opened.bus.lag(group);
    return {
      differing: { ...own, ...fed.differing },
      notCompared: fed.notCompared,
      unpublished: await unpublished(opened),
      unhandled,
      deadLetters: await deadLetters(opened, Object.keys(unhandled)),
    };
  });

type Differing = Readonly<Record<string, readonly string[]>>;

const keysOf = (differences: readonly Difference[]): readonly string[] => differences.map(({ key }) => key);

async function ofOwnLog({ definition }: Installed, { store, reads }: Opened): Promise<Differing> {
  const differing: Record<string, readonly string[]> = {};
  for (const model of definition.readModels ?? []) {
    differing[model.name] = keysOf(await compareRebuilt({ store, dataSource: reads }, model));
  }
  return differing;
}

/** Rows of consumers that only fold. What the others keep goes with commands that they gave, which are in the logs. */
async function fromBus(
  { definition }: Installed,
  { bus, reads }: Opened,
): Promise<{ readonly differing: Differing; readonly notCompared: readonly string[] }> {
  const differing: Record<string, readonly string[]> = {};
  const notCompared: string[] = [];
  for (const { group, events, models } of consumersOf(definition)) {
    if (!models) continue;
    // What the group could not store is counted among the dead letters; it cannot be stored here either.
    const aside = new Set((await bus.deadLetters(group)).map(({ event }) => event.id));
    const topics = [...new Set(events.map(({ topic }) => topic))];
    const types = new Set(events.map(({ type }) => type));
    let whole = true;
    const compared = await compareReplayed<CloudEvent>(reads, models, async (see) => {
      ({ whole } = await bus.history(topics, (all) =>
        see(all.filter(({ id, type }) => types.has(type) && !aside.has(id))),
      ));
    });
    if (!whole) notCompared.push(...Object.keys(compared));
    else for (const [name, found] of Object.entries(compared)) differing[name] = keysOf(found);
  }
  return { differing, notCompared };
}

async function unpublished({ store, reads }: Opened): Promise<number> {
  const [relayed] = await reads.query<{ position: string }[]>(
    'SELECT max(position) AS position FROM relay_checkpoints',
  );
  return ((await store.head()) ?? null) === (relayed?.position ?? null) ? 0 : 1;
}

async function deadLetters({ bus }: Opened, groups: readonly string[]): Promise<number> {
  const letters = await Promise.all(groups.map((group) => bus.deadLetters(group)));
  return letters.flat().length;
}
