import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { GrantConsentBody } from '@tsunagu/contracts';
import { type CommandContext, type EventStore, handle, type Handled, stateOf } from '@tsunagu/event-sourcing';
import { type Clock, CLOCK, EVENT_STORE, idFrom } from '@tsunagu/platform';
import { isPublished, notice } from '../notice/domain/notice';
import { PersonSeals } from '../person-seals';
import type { AuthoriseDisclosure, EraseConsent, GrantConsent, Recorder, WithdrawConsent } from './domain/commands';
import { consent, type ConsentState } from './domain/consent';
import type { ConsentEvent, GivenBy, Witness } from './domain/events';
import { currentPolicy } from './domain/policy';

/** What is asked of a person's consent, before time, policy, notices and sealing have been looked up. */
export type ConsentIntent =
  | { readonly type: 'GrantConsent'; readonly recorder: Recorder; readonly body: GrantConsentBody }
  | WithdrawConsent
  | Omit<AuthoriseDisclosure, 'now' | 'decisionId' | 'policy'>
  | EraseConsent;

export class HandleConsent {
  constructor(
    readonly personId: string,
    readonly intent: ConsentIntent,
    readonly context: CommandContext,
  ) {}
}

export type ConsentHandled = Handled<ConsentEvent, ConsentState>;

/** A refusal stands until the person lifts it. */
const UNTIL_LIFTED = '9999-12-31T23:59:59.000Z';

@CommandHandler(HandleConsent)
export class ConsentHandler implements ICommandHandler<HandleConsent, ConsentHandled> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly seals: PersonSeals,
  ) {}

  async execute({ personId, intent, context }: HandleConsent): Promise<ConsentHandled> {
    const command = await this.withFacts(personId, intent, context);
    return handle(this.store, consent, personId, command, context);
  }

  private async withFacts(personId: string, intent: ConsentIntent, context: CommandContext) {
    const now = this.clock.now().toISOString();
    switch (intent.type) {
      case 'GrantConsent':
        return this.grantOf(personId, intent.body, intent.recorder, now, context);
      case 'AuthoriseDisclosure':
        return { ...intent, now, decisionId: idFrom(context, 'decision'), policy: currentPolicy };
      default:
        return intent;
    }
  }

  private async grantOf(
    personId: string,
    body: GrantConsentBody,
    recorder: Recorder,
    now: string,
    context: CommandContext,
  ): Promise<GrantConsent> {
    const { effect, purposes, categories, recipients, actions, form } = body;
    const { from = now, until = UNTIL_LIFTED } = body;
    return {
      type: 'GrantConsent',
      now,
      grantId: idFrom(context, 'grant'),
      recorder,
      terms: { effect, purposes, categories, recipients, actions, from: utc(from), until: utc(until) },
      form,
      notice: await this.noticeOf(body),
      givenBy: await this.giverOf(personId, body, recorder),
      witness: await this.witnessOf(personId, body, recorder),
    };
  }

  private async noticeOf({ notice: read }: GrantConsentBody): Promise<GrantConsent['notice']> {
    if (!read) return null;
    const { state } = await stateOf(this.store, notice, read.id);
    return { ...read, published: isPublished(state, read.version, read.language) };
  }

  private async giverOf(personId: string, body: GrantConsentBody, recorder: Recorder): Promise<GivenBy> {
    if (!body.representative) return { kind: 'person' };
    const { relationship, validUntil, name } = body.representative;
    const sealed = await this.seals.seal(personId, recorder.agency, 'ConsentGranted', 'givenBy.name', name);
    return { kind: 'representative', relationship, validUntil: utc(validUntil), name: sealed };
  }

  private async witnessOf(
    personId: string,
    { witness }: GrantConsentBody,
    recorder: Recorder,
  ): Promise<Witness | null> {
    if (!witness) return null;
    if ('worker' in witness) return { kind: 'worker', user: witness.worker };
    // Somebody who writes their own sign-in name as the witness is the recorder by another way.
    if (witness.name.toLowerCase() === recorder.user.toLowerCase()) return { kind: 'worker', user: recorder.user };
    const name = await this.seals.seal(personId, recorder.agency, 'ConsentGranted', 'witness.name', witness.name);
    return { kind: 'other', name };
  }
}

const utc = (instant: string): string => new Date(instant).toISOString();
