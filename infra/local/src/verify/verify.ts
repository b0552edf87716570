import { setTimeout as delay } from 'node:timers/promises';
import type { Installed } from './installed';
import { type JourneyLook, lookAtJourney } from './journey';
import { type Look, lookAt } from './look';

/** What is not as the logs say; all counts 0 when everything is. */
export interface Findings {
  readonly service: string;
  /** Rows that a rebuild makes otherwise, per read model; from the service's own log or from the bus. */
  readonly differing: Readonly<Record<string, number>>;
  /** Read models that the bus feeds whose beginning it no longer holds. */
  readonly notCompared: readonly string[];
  /** 1 when the bus lacks events of the log. */
  readonly unpublished: number;
  /** Events not yet handled, per consumer group. */
  readonly unhandled: Readonly<Record<string, number>>;
  readonly deadLetters: number;
  /** Of the journey only: events about persons that it does not tell, per service whose log has them. */
  readonly untold?: Readonly<Record<string, number>>;
  /** Of the journey only: disclosures without an authorisation in force. */
  readonly uncovered?: number;
  /** Of the journey only: authorisations that are named, and that consent's log does not hold. */
  readonly unauthorised?: number;
  /** Some of the ids behind the counts. */
  readonly examples: Readonly<Record<string, readonly string[]>>;
}

const AGAIN_MS = 250;
/** What is on its way at one look has arrived at another. */
const LOOKS = 3;
const EXAMPLES = 5;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Re-derives everything from the logs, while the town runs or not; waits so long for what is on its way. */
export async function verify(all: readonly Installed[], { waitMs }: { waitMs: number }): Promise<readonly Findings[]> {
  const deadline = Date.now() + waitMs;
  const complete = settled(() => lookAtJourney(all), atEveryOfJourney, isComplete, deadline);
  const looks = all.map((service) => settled(() => lookAt(service), atEvery, isRight, deadline));
  const [story, ...found] = await Promise.all([complete, ...looks]);
  return all.map(({ definition: { name } }, n) => {
    const look = found[n];
    if (!look) throw new Error(`${name} was not looked at`);
    return findingsOf(name, look, name === 'journey' ? story : undefined);
  });
}

export const isWell = ({ differing, untold, unhandled, unpublished, deadLetters, ...rest }: Findings): boolean =>
  [differing, untold ?? {}, unhandled].every((counts) => Object.values(counts).every((count) => count === 0)) &&
  unpublished + deadLetters + (rest.uncovered ?? 0) + (rest.unauthorised ?? 0) === 0;

/** Looks until all is well; then, or when the time is over, says what was wrong at every look. */
async function settled<T>(
  look: () => Promise<T>,
  both: (before: T, now: T) => T,
  well: (found: T) => boolean,
  deadline: number,
): Promise<T> {
  let found: T | undefined;
  for (let looks = 1; ; looks += 1) {
    const late = Date.now() > deadline && looks >= LOOKS;
    try {
      const now = await look();
      found = found === undefined ? now : both(found, now);
      if (well(found) || late) return found;
    } catch (error) {
      // A server that was just restarted may turn us away once.
      if (late) throw error;
    }
    await delay(AGAIN_MS);
  }
}

type Keys = Readonly<Record<string, readonly string[]>>;

const common = (before: readonly string[], now: readonly string[]): readonly string[] => {
  const still = new Set(now);
  return before.filter((key) => still.has(key));
};

const commonOfEach = (before: Keys, now: Keys): Keys =>
  Object.fromEntries(Object.entries(now).map(([name, keys]) => [name, common(before[name] ?? [], keys)]));

const least = (before: Look['unhandled'], now: Look['unhandled']): Look['unhandled'] =>
  Object.fromEntries(Object.entries(now).map(([group, count]) => [group, Math.min(before[group] ?? count, count)]));

const atEvery = (before: Look, now: Look): Look => ({
  ...now,
  differing: commonOfEach(before.differing, now.differing),
  unpublished: Math.min(before.unpublished, now.unpublished),
  unhandled: least(before.unhandled, now.unhandled),
});

const atEveryOfJourney = (before: JourneyLook | undefined, now: JourneyLook | undefined): JourneyLook | undefined =>
  before &&
  now && {
    untold: commonOfEach(before.untold, now.untold),
    uncovered: common(before.uncovered, now.uncovered),
    unauthorised: common(before.unauthorised, now.unauthorised),
  };

const isEmpty = (keys: Keys): boolean => Object.values(keys).every(({ length }) => length === 0);

const isRight = ({ differing, unpublished, unhandled, deadLetters }: Look): boolean =>
  isEmpty(differing) && [unpublished, deadLetters, ...Object.values(unhandled)].every((count) => count === 0);

const isComplete = (look: JourneyLook | undefined): boolean =>
  !look || (isEmpty(look.untold) && look.uncovered.length + look.unauthorised.length === 0);

const counted = (keys: Keys): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(keys).map(([name, { length }]) => [name, length]));

function findingsOf(service: string, look: Look, story: JourneyLook | undefined): Findings {
  const { differing, notCompared, unpublished, unhandled, deadLetters } = look;
  const { uncovered = [], unauthorised = [], untold = {} } = story ?? {};
  return {
    ...{ service, differing: counted(differing), notCompared, unpublished, unhandled, deadLetters },
    ...(story && { untold: counted(untold), uncovered: uncovered.length, unauthorised: unauthorised.length }),
    examples: examplesOf({ ...differing, ...untold, uncovered, unauthorised }),
  };
}

/** Ids only: another kind of key might be somebody's words. */
const examplesOf = (keys: Keys): Keys =>
  Object.fromEntries(
    Object.entries(keys)
      .map(([name, all]) => [name, all.filter((key) => UUID.test(key)).slice(0, EXAMPLES)] as const)
      .filter(([, some]) => some.length > 0),
  );
