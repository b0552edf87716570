import type { ConsumeOptions, Consumer } from '../port';
import { type Failure, pause, type RetryPolicy, type Tried, tryRepeatedly } from '../retry';
import { isEvent, NOT_AN_EVENT, standIn } from '../unreadable';
import { partitionLock, type Session } from './session';
import { Bell, type Slots } from '../slots';
import type { Progress } from '../progress';
import type { Claim, Letter, Message, Partition, Step, Tables } from './tables';

/** Of all groups of a bus. */
export type Places = Progress<Claim, Step & { readonly overtaken: () => void }>;

export interface GroupConsumerOptions extends ConsumeOptions {
  readonly partitions: readonly Partition[];
  readonly tables: Tables;
  readonly progress: Places;
  readonly session: Session;
  readonly slots: Slots;
  readonly retry: RetryPolicy;
  readonly onError: (error: unknown) => void;
}

/** Messages in memory per partition: what back-pressure lets in. */
const BATCH = 100;
/** Safety net for lost notifications and dead members. */
const POLL_MS = 1_000;
/** Between two fetches, so that one brings what several messages announced. */
const PACE_MS = 20;
/** Until then an open transaction that hides messages has most likely ended. */
const SETTLE_MS = 10;

const nameOf = ({ topic, partition }: Partition): string => `${topic}/${partition}`;

/** One instance of a consumer group: claims its fair share of the partitions and works through each in order. */
export class GroupConsumer implements Consumer {
  private readonly claims = new Map<string, Claim>();
  private readonly working = new Map<string, Promise<void>>();
  /** Partitions that were still being worked on when news of some partition came. */
  private readonly passedOver = new Set<string>();
  private readonly bell = new Bell();
  private readonly stopping = new AbortController();
  private letters: readonly Letter[] = [];
  private incarnation = -1;
  private lookAroundAt = 0;
  private running: Promise<void> = Promise.resolve();
  private silence = (): void => undefined;

  constructor(private readonly options: GroupConsumerOptions) {}

  async start(): Promise<void> {
    this.silence = this.options.session.onNews((payload) => this.hear(payload));
    await this.lookAround();
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.bell.ring();
    await this.running;
  }

  private hear(payload: string): void {
    const { group, topics } = this.options;
    if (payload === '' || payload === `group:${group}`) this.lookAroundAt = 0;
    else if (!topics.includes(payload)) return;
    this.bell.ring();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const began = performance.now();
      await this.bell.sleep(await this.once());
      const early = began + PACE_MS - performance.now();
      if (early > 0) await pause(early, this.stopping.signal);
    }
    this.silence();
    await Promise.all(this.working.values());
    await this.release([...this.claims.keys()]).catch(this.options.onError);
    await this.options.session.leave(this.options.group).catch(this.options.onError);
  }

  /** @returns how long to sleep at most before the next round */
  private async once(): Promise<number> {
    try {
      if (performance.now() >= this.lookAroundAt) await this.lookAround();
      return (await this.handOut()) ? SETTLE_MS : POLL_MS;
    } catch (error) {
      this.options.onError(error);
      return POLL_MS;
    }
  }

  /** Takes or gives back partitions so that every living member has its share, and fetches redriven letters. */
  private async lookAround(): Promise<void> {
    const { group, session, partitions, tables } = this.options;
    this.lookAroundAt = performance.now() + POLL_MS;
    await this.enter();
    const share = Math.ceil(partitions.length / (await session.members(group)));
    const idle = [...this.claims.keys()].filter((name) => !this.working.has(name));
    const surplus = idle.slice(0, Math.max(0, this.claims.size - share));
    await this.release(surplus);
    if (surplus.length > 0) await session.tellGroup(group);
    else await this.claimUpTo(share);
    this.letters = await tables.redriven(group);
  }

  private async enter(): Promise<void> {
    const { group, session } = this.options;
    const { incarnation } = session;
    if (this.incarnation === incarnation) return;
    this.claims.clear();
    await session.enter(group);
    this.incarnation = incarnation;
  }

  private async claimUpTo(share: number): Promise<void> {
    const { group, session, tables, partitions } = this.options;
    const free = partitions.filter((one) => !this.claims.has(nameOf(one)) && !this.working.has(nameOf(one)));
    while (this.claims.size < share && free.length > 0) {
      const wanted = free.splice(0, share - this.claims.size);
      const locks = await session.tryLocks(wanted.map((one) => partitionLock(group, one)));
      const mine = wanted.filter((one) => locks.includes(partitionLock(group, one)));
      try {
        for (const claim of await tables.claim(group, mine)) this.claims.set(nameOf(claim), claim);
      } catch (error) {
        for (const lock of locks) await session.unlock(lock);
        throw error;
      }
    }
  }

  /** Whoever takes over goes on from what is saved. */
  private async release(names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.options.progress.save().catch(this.options.onError);
    for (const name of names) {
      const claim = this.claims.get(name);
      this.claims.delete(name);
      if (claim) await this.options.session.unlock(partitionLock(this.options.group, claim));
    }
  }

  /** Fetches for every idle partition and sets it to work. @returns whether an open transaction hides more */
  private async handOut(): Promise<boolean> {
    for (const name of this.working.keys()) this.passedOver.add(name);
    const idle = [...this.claims.values()].filter((claim) => !this.working.has(nameOf(claim)));
    if (idle.length === 0) return false;
    const { messages, unsettled } = await this.options.tables.fetch(idle, BATCH);
    const letters = this.letters;
    this.letters = [];
    for (const claim of idle) {
      const here = (one: Partition): boolean => one.topic === claim.topic && one.partition === claim.partition;
      const batch = messages.filter(here);
      const again = letters.filter(here);
      if (batch.length + again.length > 0) this.begin(claim, again, batch);
    }
    return unsettled;
  }

  private begin(claim: Claim, letters: readonly Letter[], messages: readonly Message[]): void {
    const name = nameOf(claim);
    const work = this.work(claim, letters, messages)
      .catch(this.options.onError)
      .finally(() => {
        this.working.delete(name);
        const more = this.passedOver.delete(name) || messages.length === BATCH;
        if (more) this.bell.ring();
      });
    this.working.set(name, work);
  }

  private async work(claim: Claim, letters: readonly Letter[], messages: readonly Message[]): Promise<void> {
    for (const letter of letters) await this.handleLetter(claim, letter);
    if (await this.together(claim, messages)) return this.reached(claim, messages.at(-1));
    let done: Message | undefined;
    for (const message of messages) {
      const tried = await this.tried(claim, message);
      if (tried === 'interrupted') break;
      if (tried === 'handled') done = message;
      else if (!(await this.setAside(claim, message, tried))) return this.overtaken(claim);
      else done = undefined;
      claim.at = message;
    }
    this.reached(claim, done);
  }

  private reached(claim: Claim, last: Message | undefined): void {
    if (!last) return;
    const { group, progress } = this.options;
    claim.at = last;
    progress.reached(claim, { group, claim, place: last, overtaken: () => this.overtaken(claim) });
  }

  /** Whether all of them could be handled in one go. */
  private async together(claim: Claim, messages: readonly Message[]): Promise<boolean> {
    const { handleTogether, slots, onError } = this.options;
    const events = messages.map(({ event }) => event);
    if (!handleTogether || events.length < 2 || !events.every(isEvent)) return false;
    if (this.stopping.signal.aborted || !this.holds(claim)) return false;
    try {
      await slots.run(() => handleTogether(events));
      return true;
    } catch (error) {
      onError(error);
      return false;
    }
  }

  /** What was reached before is saved first: saved later, it would move the group back. */
  private async setAside(claim: Claim, message: Message, { reason, attempts }: Failure): Promise<boolean> {
    await this.options.progress.save();
    const { topic, partition, tx, position } = message;
    const event = reason === NOT_AN_EVENT ? standIn(topic, partition, `${tx}-${position}`) : message.event;
    return this.options.tables.setAside(this.options.group, claim, { ...message, event }, reason, attempts);
  }

  private async handleLetter(claim: Claim, letter: Letter): Promise<void> {
    const tried = await this.tried(claim, letter);
    if (tried === 'handled') await this.options.tables.buried(letter);
    else if (tried !== 'interrupted') await this.options.tables.failedAgain(letter, tried.reason, tried.attempts);
  }

  private async tried(claim: Claim, { event }: Message): Promise<Tried> {
    if (this.stopping.signal.aborted || !this.holds(claim)) return 'interrupted';
    if (!isEvent(event)) return { reason: NOT_AN_EVENT, attempts: 1 };
    const call = (): Promise<void> => this.options.slots.run(() => this.options.handle(event));
    return tryRepeatedly(call, this.options.retry, this.stopping.signal, this.options.onError);
  }

  private holds(claim: Claim): boolean {
    return this.claims.get(nameOf(claim)) === claim && this.incarnation === this.options.session.incarnation;
  }

  /** Another instance goes on from the last place saved; what was handled here since comes to it again. */
  private overtaken(claim: Claim): void {
    if (this.claims.get(nameOf(claim)) === claim) this.claims.delete(nameOf(claim));
  }
}
