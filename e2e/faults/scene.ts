import { setTimeout as delay } from 'node:timers/promises';
import { installedIn, isWell, services, summaryOf, verify } from '@tsunagu/local';
import type { Estate } from '../support/estate';
import { type Caller, Tally } from './caller';
import { callerAt, type Case, type Casework, caseworkAt } from './casework';
import { asLeft, asTold, inOrder, sentAgain, type Wrong } from './checks';
import { Observer } from './observer';
import type { Random } from './random';

const GLANCE_MS = 25;
const PATIENCE_MS = 150_000;
/** Of the cases and commands since the last check; all of them would take longer than all faults together. */
const LOOKED_AT = 12;
const REPEATED = 40;
/** Nothing is on its way any more; dead letters that are to be there would keep `verify` waiting. */
const VERIFY_MS = 3_000;

/** The estate under load, and what can be known about it. */
export class Scene {
  readonly observer: Observer;
  /** Dead letters that a fault has made, per service: they are to be there, and no others. */
  readonly buried = new Map<string, number>();
  private readonly checkedCases = new Set<Case>();
  private checkedCommands = 0;

  private constructor(
    readonly estate: Estate,
    readonly random: Random,
    readonly tally: Tally,
    private readonly work: readonly Casework[],
    readonly auditor: Caller,
  ) {
    this.observer = new Observer(estate);
  }

  static async on(estate: Estate, random: Random): Promise<Scene> {
    const tally = new Tally();
    const work = await caseworkAt(estate, tally);
    return new Scene(estate, random, tally, work, await callerAt(estate, tally, 'shiori'));
  }

  load(): void {
    this.work.forEach((one) => one.begin());
  }

  /** Settles when every case in hand is finished. */
  async rest(): Promise<void> {
    await Promise.all(this.work.map((one) => one.rest()));
  }

  /** Settles when so many more commands, sent from now on, are acknowledged. @throws Error when they are not */
  async acknowledged(more: number, patienceMs = PATIENCE_MS): Promise<void> {
    const from = performance.now();
    const { acknowledged } = this.tally;
    const before = acknowledged.length;
    await until(
      () => acknowledged.slice(before).filter(({ sentAt }) => sentAt >= from).length >= more,
      `${more} more acknowledged commands`,
      patienceMs,
    );
  }

  /** From now to the answer of the next command that is sent from now on, in ms. */
  async nextAnswer(): Promise<number> {
    const from = performance.now();
    const before = this.tally.acknowledged.length;
    await this.acknowledged(1);
    const next = this.tally.acknowledged.slice(before).filter(({ sentAt }) => sentAt >= from);
    return Math.min(...next.map(({ answeredAt }) => answeredAt)) - from;
  }

  /** Settles at a random point of the load. */
  somewhere(): Promise<void> {
    return this.acknowledged(5 + this.random.below(25));
  }

  hold(ms: number): Promise<void> {
    return delay(ms);
  }

  /** Settles when nothing is on its way any more. */
  async still(): Promise<void> {
    let lagging: readonly string[] = [];
    const arrived = async (): Promise<boolean> => {
      lagging = await this.observer.lagging().catch((error: unknown) => [String(error)]);
      return lagging.length === 0;
    };
    await until(arrived, () => `everything on its way to arrive: ${lagging.join(', ')}`);
  }

  /** A case that has come to its end. */
  async finished(): Promise<Case> {
    const all = (): Case[] => this.work.flatMap(({ cases }) => cases);
    await until(() => all().length > 0, 'a first case to be finished');
    const [one] = this.random.shuffled(all());
    if (!one) throw new Error('no case is finished');
    return one;
  }

  get failures(): readonly string[] {
    return this.work.flatMap(({ failures }) => failures);
  }

  /** Everything that is promised, for what happened since the last check. Nothing may be on its way. */
  async check(): Promise<Wrong & { readonly unwell: readonly string[] }> {
    const fresh = this.work.flatMap(({ cases }) => cases).filter((one) => !this.checkedCases.has(one));
    fresh.forEach((one) => this.checkedCases.add(one));
    const cases = this.random.shuffled(fresh).slice(0, LOOKED_AT);
    const commands = this.random.shuffled(this.tally.acknowledged.slice(this.checkedCommands)).slice(0, REPEATED);
    this.checkedCommands = this.tally.acknowledged.length;
    const changed = await sentAgain(commands);
    const seen = await Promise.all(cases.map((one) => this.seen(one)));
    await this.still();
    const order = await inOrder(this.observer);
    const found = await verify(installedIn(this.estate.data, services), { waitMs: VERIFY_MS });
    const findings = found.map((one) => ({
      ...one,
      deadLetters: one.deadLetters - (this.buried.get(one.service) ?? 0),
    }));
    return {
      lost: [...changed, ...seen.flatMap(({ lost }) => lost), ...order.lost],
      doubled: seen.flatMap(({ doubled }) => doubled),
      disordered: [...order.disordered, ...seen.flatMap(({ disordered }) => disordered)],
      unwell: findings.every(isWell) ? [] : [summaryOf(findings)],
    };
  }

  private async seen(one: Case): Promise<Wrong> {
    const [left, told] = await Promise.all([asLeft(one), asTold(one, this.auditor)]);
    return { ...told, lost: [...left.lost, ...told.lost], doubled: [...left.doubled, ...told.doubled] };
  }
}

/** @throws Error when it does not become true */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string | (() => string),
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${typeof what === 'string' ? what : what()}`);
    await delay(GLANCE_MS);
  }
}
