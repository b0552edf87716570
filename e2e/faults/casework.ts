import { setTimeout as delay } from 'node:timers/promises';
import { Caller, type Tally } from './caller';

/** A person's way through five services, as far as it has come. */
export interface Case {
  readonly desk: Caller;
  readonly receiver: Caller;
  readonly person: string;
  readonly consultation: string;
  readonly messages: readonly string[];
  readonly referral: string;
  readonly plan: string;
}

/** The notice that the sample town has. */
const NOTICE = { id: 'sharing-between-agencies', version: 1, language: 'ja' };
const MESSAGES = ['最初の相談', '眠れない日が続いています。', '誰かと話したいです。'];
const SHARED = ['identity', 'contact-details', 'needs'];
const DAY_MS = 86_400_000;

const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

/** From consultation over consent and referral with disclosure to follow-up. @throws Error when anything is refused */
export async function oneCase(desk: Caller, receiver: Caller): Promise<Case> {
  const [first = '', ...rest] = MESSAGES;
  const opened = await desk.command('intake/consultations', { channel: 'phone', language: 'ja', message: first });
  const [consultation, person] = [String(opened['id']), String(opened['personId'])];
  for (const message of rest) await desk.command(`intake/consultations/${consultation}/messages`, { message });
  const named = { name: '見本 はな', kana: 'みほん はな', phone: '000-0000-0002', area: 'つむぎ市' };
  await desk.command(`intake/persons/${person}/identity`, named);
  await desk.command(`intake/consultations/${consultation}/needs`, { need: 'isolation', urgency: 'soon' });
  await desk.command(`consent/persons/${person}/grants`, permitTo(receiver.agency));
  const referral = String((await desk.command('referral/referrals', draftFor(person, receiver)))['id']);
  await desk.command(`referral/referrals/${referral}/sending`, {});
  await receiver.command(`referral/referrals/${referral}/acceptance`, {});
  await disclosed(receiver, referral);
  const nextContact = { on: inDays(14).slice(0, 10), mode: 'phone' };
  const opening = { personId: person, referralId: referral, goals: ['週に一度は外に出る'], nextContact };
  const plan = String((await receiver.command('follow-up/plans', opening))['id']);
  await receiver.command(`follow-up/plans/${plan}/attempts`, { mode: 'phone', result: 'reached', nextContact });
  return { desk, receiver, person, consultation, messages: MESSAGES, referral, plan };
}

export const draftFor = (personId: string, { agency }: Caller): object => ({
  ...{ personId, need: 'isolation', categories: SHARED, toAgency: agency },
});

const permitTo = (agency: string): object => ({
  effect: 'permit',
  purposes: ['referral', 'support'],
  categories: SHARED,
  recipients: [{ agency }],
  actions: ['disclose', 'read'],
  // Signed the day before: it is in force by every clock that is not a day wrong.
  from: inDays(-1),
  until: inDays(180),
  form: 'written',
  notice: NOTICE,
});

/** @throws Error unless exactly what was permitted is shown */
async function disclosed(receiver: Caller, referral: string): Promise<void> {
  const { fields } = await receiver.read(`referral/referrals/${referral}/disclosure`);
  const shown = Object.keys(fields as object).sort();
  if (shown.join() !== [...SHARED].sort().join()) throw new Error(`${referral} disclosed ${shown.join()}`);
}

/** Who hands over to whom: each pair goes on with case after case. */
const PAIRS = [
  ['aoi', 'tsumugi-city-desk', 'yui', 'hidamari-npo'],
  ['mei', 'tsumugi-support-center', 'nagi', 'aoba-clinic'],
  ['ren', 'tsumugi-city-desk', 'rin', 'niji-kodomo-shokudo'],
  ['kaito', 'hidamari-npo', 'fumi', 'midori-jichikai'],
] as const;

interface Origin {
  readonly url: string;
  token(worker: string): Promise<string>;
}

export const callerAt = async ({ url, token }: Origin, tally: Tally, worker: string, agency = ''): Promise<Caller> =>
  new Caller(url, await token(worker), agency, tally);

export const caseworkAt = (origin: Origin, tally: Tally): Promise<readonly Casework[]> =>
  Promise.all(
    PAIRS.map(async ([desk, from, receiver, to]) => {
      const callers = [callerAt(origin, tally, desk, from), callerAt(origin, tally, receiver, to)] as const;
      return new Casework(...(await Promise.all(callers)));
    }),
  );

const NEXT_MS = 3_000;
const IN_FLIGHT = 4;

/** A desk and a receiver who go on with case after case; one that waits for something down does not keep them from the next. */
export class Casework {
  readonly cases: Case[] = [];
  /** What should never have happened, such as a refusal. */
  readonly failures: string[] = [];
  private readonly open = new Set<Promise<void>>();
  private working = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly desk: Caller,
    private readonly receiver: Caller,
  ) {}

  begin(): void {
    if (this.working) return;
    this.working = true;
    this.running = this.work();
  }

  /** Settles when the cases in hand are finished; no new one is begun. */
  async rest(): Promise<void> {
    this.working = false;
    await this.running;
    await Promise.all(this.open);
  }

  private async work(): Promise<void> {
    while (this.working) {
      const one = this.next();
      this.open.add(one);
      void one.finally(() => this.open.delete(one));
      await Promise.race([one, delay(NEXT_MS)]);
      if (this.open.size >= IN_FLIGHT) await Promise.race(this.open);
    }
  }

  private async next(): Promise<void> {
    try {
      this.cases.push(await oneCase(this.desk, this.receiver));
    } catch (error) {
      this.failures.push(String(error));
      // Whatever fails at once must not be a busy loop.
      await delay(NEXT_MS);
    }
  }
}
