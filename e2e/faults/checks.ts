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

/** What a case makes, each once, in this order: each was asked for after the one before had been acknowledged. */
const STEPS = [
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

interface Fact {
  readonly type: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
}

const CLOCKS_DIFFER_MS = 60_000;

/** The timeline goes by what the services' clocks said; what one wrote whose clock was set wrong stands where it said. */
const hasRightTime = ({ occurredAt, recordedAt }: Fact): boolean =>
  Math.abs(Date.parse(occurredAt) - Date.parse(recordedAt)) < CLOCKS_DIFFER_MS;

/** What an auditor reads of a person's journey. */
export async function asTold(one: Case, auditor: Caller): Promise<Wrong> {
  const facts = (await auditor.read(`journey/persons/${one.person}/timeline?limit=100`))['facts'] as readonly Fact[];
  const counted = STEPS.map((step) => ({ step, count: facts.filter(({ type }) => step.test(type)).length }));
  const told = facts.filter(hasRightTime).flatMap(({ type }) => STEPS.findIndex((step) => step.test(type)));
  const steps = told.filter((step) => step >= 0);
  const on = (step: RegExp): string => `${step.source} of ${one.person} on the timeline`;
  return {
    lost: counted.filter(({ count }) => count < 1).map(({ step }) => on(step)),
    doubled: counted.filter(({ count }) => count > 1).map(({ step }) => on(step)),
    disordered: steps.flatMap((step, n) =>
      step < (steps[n - 1] ?? 0) ? [`${on(STEPS[step] ?? /a fact/)} is too late`] : [],
    ),
  };
}

/** Everything that the logs say to others is on the bus, each person's in the order of the log. */
export async function inOrder(observer: Observer): Promise<Pick<Wrong, 'disordered' | 'lost'>> {
  const logged = await observer.logged();
  const place = new Map(logged.map(({ id }, n) => [id, n]));
  const carried = firsts((await observer.carried()).filter(({ id }) => place.has(id)));
  const arrived = new Set(carried.map(({ id }) => id));
  return {
    lost: logged.filter(({ id }) => !arrived.has(id)).map(({ id, type }) => `${type} ${id} on the bus`),
    disordered: backwards(carried, place).map(
      ([before, after]) => `${after.type} ${after.id} came to the bus after ${before.type} ${before.id}`,
    ),
  };
}

function firsts(events: readonly CloudEvent[]): readonly CloudEvent[] {
  const seen = new Set<string>();
  return events.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** Of one service about one person, each of which the log has before its forerunner. */
function backwards(
  events: readonly CloudEvent[],
  place: ReadonlyMap<string, number>,
): readonly (readonly [CloudEvent, CloudEvent])[] {
  const kindOf = ({ source, partitionkey }: CloudEvent): string => `${source} ${partitionkey}`;
  const last = new Map<string, CloudEvent>();
  return events.flatMap((event) => {
    const before = last.get(kindOf(event));
    last.set(kindOf(event), event);
    return before && (place.get(before.id) ?? 0) > (place.get(event.id) ?? 0) ? [[before, event] as const] : [];
  });
}
