import type { CloudEvent } from '@tsunagu/contracts';
import type { Caller, Sent } from './caller';
import type { Case } from './casework';
import type { Observer } from './observer';

/** What is wrong, counted; every number 0 when nothing is. */
export interface Wrong {
  /** Acknowledged commands without their effect. */
  readonly lost: readonly string[];
  /** Effects that a command has had twice. */
  readonly doubled: readonly string[];
  /** Events that came to the bus, or are told, in another order than that of their log. */
  readonly disordered: readonly string[];
}

/** Each acknowledged command, sent again under its key, must be answered as the first time: it has its effect, and only one. */
export async function sentAgain(sent: readonly Sent[]): Promise<readonly string[]> {
  const wrong = sent.map(async ({ caller, path, body, key, answer }) => {
    const again = await caller.untilAcknowledged(path, body, key);
    const same = ['id', 'revision', 'authorisationId'].every((field) => again.body[field] === answer.body[field]);
    return same ? [] : [`${path} ${JSON.stringify(answer.body)} became ${JSON.stringify(again.body)}`];
  });
  return (await Promise.all(wrong)).flat();
}

/** What the workers see of a case: all that they did, each thing once. */
export async function asLeft(one: Case): Promise<Pick<Wrong, 'lost' | 'doubled'>> {
  const { desk, receiver, messages } = one;
  const consultation = await desk.read(`intake/consultations/${one.consultation}`);
  const said = (consultation['messages'] as readonly { text: string }[]).map(({ text }) => text);
  const referral = await receiver.read(`referral/referrals/${one.referral}`);
  const plan = await receiver.read(`follow-up/plans/${one.plan}`);
  const missing = messages.filter((text) => !said.includes(text));
  const revisions = [
    ['referral', referral['revision'], 2],
    ['plan', plan['revision'], 1],
  ] as const;
  return {
    lost: [
      ...missing.map(() => `a message of ${one.consultation}`),
      ...(referral['status'] === 'accepted' ? [] : [`the acceptance of ${one.referral}`]),
      ...revisions
        .filter(([, now, left]) => Number(now) < left)
        .map(([what]) => `what was done to the ${what} of ${one.person}`),
    ],
    doubled: [
      ...said.slice(messages.length).map(() => `a message of ${one.consultation}`),
      ...revisions
        .filter(([, now, left]) => Number(now) > left)
        .map(([what]) => `what was done to the ${what} of ${one.person}`),
    ],
  };
}

const ONCE = [
  /intake\.consultation-opened/,
  /intake\.person-identified/,
  /intake\.need-recorded/,
  /consent\.consent-granted/,
  /referral\.referral-drafted/,
  /referral\.referral-sent/,
  /referral\.referral-accepted/,
  /follow-up\.plan-opened/,
  /follow-up\.contact-attempted/,
];

/** What an auditor reads of a person's journey: each of these facts once. */
export async function asTold(one: Case, auditor: Caller): Promise<Pick<Wrong, 'lost' | 'doubled'>> {
  const { facts } = await auditor.read(`journey/persons/${one.person}/timeline?limit=100`);
  const types = (facts as readonly { type: string }[]).map(({ type }) => type);
  const counted = ONCE.map((fact) => ({ fact, count: types.filter((type) => fact.test(type)).length }));
  return {
    lost: counted.filter(({ count }) => count < 1).map(({ fact }) => `${fact.source} of ${one.person} on the timeline`),
    doubled: counted
      .filter(({ count }) => count > 1)
      .map(({ fact }) => `${fact.source} of ${one.person} on the timeline`),
  };
}

/** The order of the logs is kept: for each person on the bus, and for each record on the timeline. */
export async function inOrder(observer: Observer): Promise<Pick<Wrong, 'disordered' | 'lost'>> {
  const logged = await observer.logged();
  const place = new Map(logged.map(({ id }, n) => [id, n]));
  const byId = new Map(logged.map((event) => [event.id, event]));
  const carried = firsts((await observer.carried()).filter(({ id }) => place.has(id)));
  const arrived = new Set(carried.map(({ id }) => id));
  const told = (await observer.told()).flatMap(({ id }) => byId.get(id) ?? []);
  const onBus = backwards(carried, place, ({ source, partitionkey }) => `${source} ${partitionkey}`);
  const onTimeline = backwards(
    told.filter(hasRightTime),
    place,
    ({ source, subject }) => `${source} ${subject}`,
  ).filter(
    // What one command records carries one time: between these the timeline has no order.
    ([before, after]) => before.occurredat !== after.occurredat,
  );
  return {
    lost: logged.filter(({ id }) => !arrived.has(id)).map(({ id, type }) => `${type} ${id} on the bus`),
    disordered: [
      ...onBus.map(([before, after]) => `${after.type} ${after.id} came to the bus after ${before.type} ${before.id}`),
      ...onTimeline.map(([before, after]) => `${after.type} ${after.id} is told after ${before.type} ${before.id}`),
    ],
  };
}

const CLOCKS_DIFFER_MS = 60_000;

/** The timeline goes by what the services' clocks said; what one wrote whose clock was set wrong stands where it said. */
const hasRightTime = ({ occurredat, time }: CloudEvent): boolean =>
  Math.abs(Date.parse(occurredat) - Date.parse(time)) < CLOCKS_DIFFER_MS;

function firsts(events: readonly CloudEvent[]): readonly CloudEvent[] {
  const seen = new Set<string>();
  return events.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** Neighbours of one kind of which the log has the later one first. */
function backwards(
  events: readonly CloudEvent[],
  place: ReadonlyMap<string, number>,
  kindOf: (event: CloudEvent) => string,
): readonly (readonly [CloudEvent, CloudEvent])[] {
  const last = new Map<string, CloudEvent>();
  return events.flatMap((event) => {
    const before = last.get(kindOf(event));
    last.set(kindOf(event), event);
    return before && (place.get(before.id) ?? 0) > (place.get(event.id) ?? 0) ? [[before, event] as const] : [];
  });
}
