import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { RerouteReferral } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { type Asker, idFrom, within } from '@tsunagu/platform';
import { Erased } from '@tsunagu/sealing';
import { referral } from './domain/referral';
import { ReferralAccess } from './referral.access';
import { HandleReferral, type ReferralHandled } from './referral.handler';
import { ReferralSeals } from './referral-seals';

/** Sends a referral elsewhere: a new draft in the same thread, which needs an authorisation of its own. */
@Injectable()
export class Rerouting {
  constructor(
    private readonly access: ReferralAccess,
    private readonly seals: ReferralSeals,
    private readonly commands: CommandBus,
  ) {}

  /**
   * The new draft comes first: a crash in between leaves a draft that discloses nothing, never a referral that ended
   * without a successor. The same command again continues where it stopped.
   */
  async reroute(
    id: string,
    to: RerouteReferral,
    asker: Asker,
    context: CommandContext,
    now: string,
  ): Promise<ReferralHandled> {
    const current = await this.access.asSender(id, asker);
    const { record } = current.referral;
    const nextReferralId = idFrom(context, 'referral');
    const order = { type: 'RerouteReferral', by: record.about.fromAgency, now, nextReferralId } as const;
    if (record.nextReferralId !== nextReferralId) {
      referral.decide(order, current.referral);
      const { need, categories, about } = record;
      const note = await this.noteOf(id, current.referral.record);
      const draft = { ...to, personId: about.personId, need, categories: [...categories], ...note };
      const origin = { threadId: about.threadId, previousReferralId: id };
      const draftIt = { type: 'DraftReferral', by: about.fromAgency, now, draft, ...origin } as const;
      await this.commands.execute(new HandleReferral(nextReferralId, draftIt, within(context, 'draft')));
    }
    return this.commands.execute(new HandleReferral(id, order, context));
  }

  private async noteOf(
    id: string,
    { about, note }: Awaited<ReturnType<ReferralAccess['asSender']>>['referral']['record'],
  ): Promise<{ note?: string }> {
    if (note === undefined) return {};
    const place = { referralId: id, personId: about.personId, agency: about.fromAgency };
    try {
      return { note: await this.seals.openText(place, 'consultation-content', 'note', note) };
    } catch (error) {
      if (error instanceof Erased) return {};
      throw error;
    }
  }
}
