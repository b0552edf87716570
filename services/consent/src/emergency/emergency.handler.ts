import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { OpenEmergencyAccessBody } from '@tsunagu/contracts';
import { type CommandContext, type EventStore, handle, stateOf } from '@tsunagu/event-sourcing';
import { type Clock, CLOCK, EVENT_STORE, idFrom, NotFound, within } from '@tsunagu/platform';
import { consent } from '../consent/domain/consent';
import { PersonSeals } from '../person-seals';
import { emergency } from './domain/emergency';

export type EmergencyIntent =
  | {
      readonly type: 'open';
      readonly agency: string;
      readonly user: string;
      readonly body: OpenEmergencyAccessBody;
    }
  | {
      readonly type: 'review';
      readonly accessId: string;
      readonly reviewer: string;
      /** The reviewer's agency; an auditor has none and may review any. */
      readonly agency?: string;
      readonly justified: boolean;
    };

export class HandleEmergency {
  constructor(
    readonly personId: string,
    readonly intent: EmergencyIntent,
    readonly context: CommandContext,
  ) {}
}

export interface EmergencyHandled {
  readonly accessId: string;
  readonly revision: number;
}

/**
 * Two streams, the worker's privilege first: a crash in between leaves a use that must be reviewed and showed nothing,
 * never an access that nobody has to answer for. A repeat completes it.
 */
@CommandHandler(HandleEmergency)
export class EmergencyHandler implements ICommandHandler<HandleEmergency, EmergencyHandled> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly seals: PersonSeals,
  ) {}

  execute({ personId, intent, context }: HandleEmergency): Promise<EmergencyHandled> {
    return intent.type === 'open' ? this.open(personId, intent, context) : this.review(personId, intent, context);
  }

  private async open(
    personId: string,
    { agency, user, body }: Extract<EmergencyIntent, { type: 'open' }>,
    context: CommandContext,
  ): Promise<EmergencyHandled> {
    const { description: text, ...limits } = body;
    const accessId = idFrom(context, 'emergency-access');
    const access = { ...limits, accessId, agency, user, now: this.clock.now().toISOString() };
    const description = await this.seals.seal(personId, agency, 'EmergencyAccessOpened', 'description', text);
    const use = { type: 'UseEmergencyPrivilege', ...access, personId } as const;
    await handle(this.store, emergency, user, use, within(context, 'privilege'));
    const opening = { type: 'OpenEmergencyAccess', ...access, description } as const;
    const { revision } = await handle(this.store, consent, personId, opening, context);
    return { accessId, revision };
  }

  private async review(
    personId: string,
    { accessId, reviewer, agency, justified }: Extract<EmergencyIntent, { type: 'review' }>,
    context: CommandContext,
  ): Promise<EmergencyHandled> {
    const { state } = await stateOf(this.store, consent, personId);
    const access = state.emergencies.find((opened) => opened.accessId === accessId);
    if (!access || (agency !== undefined && access.agency !== agency)) throw new NotFound();
    const review = { type: 'ReviewEmergencyAccess', accessId, reviewer, justified } as const;
    const { revision } = await handle(this.store, consent, personId, review, context);
    const settled = { type: 'ReviewEmergencyUse', accessId, reviewer, justified } as const;
    await handle(this.store, emergency, access.user, settled, within(context, 'privilege'));
    return { accessId, revision };
  }
}
