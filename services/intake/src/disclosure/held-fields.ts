import { Inject, Injectable } from '@nestjs/common';
import type { DataCategory } from '@tsunagu/contracts';
import { type EventStore, stateOf } from '@tsunagu/event-sourcing';
import { EVENT_STORE } from '@tsunagu/platform';
import { type ConsultationView, ConsultationViews } from '../consultation/consultation.view';
import { consultation } from '../consultation/domain/consultation';
import type { Recorder } from '../person/domain/events';
import { identityFor, type KnownPerson } from '../person/domain/person';
import { IdentitySeals } from '../person/identity-seals';

/** Plain text, by category. A category of which nothing is held may be absent. */
export interface Fields {
  readonly identity?: object;
  readonly 'contact-details'?: object;
  readonly 'consultation-content'?: readonly object[];
  readonly screening?: readonly object[];
  readonly needs?: readonly object[];
}

/** What intake holds of a person, to hand out in exactly the categories that somebody was authorised for. */
@Injectable()
export class HeldFields {
  constructor(
    private readonly identities: IdentitySeals,
    private readonly views: ConsultationViews,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** @param holder the agency whose holdings they are; without it, whoever holds them */
  async of(id: string, state: KnownPerson, categories: readonly DataCategory[], holder?: string): Promise<Fields> {
    const wanted = (category: DataCategory): boolean => categories.includes(category);
    const held = await this.consultationsOf(state, holder);
    return {
      ...(await this.whoItIs(id, state, wanted, holder)),
      ...(wanted('consultation-content') ? { 'consultation-content': held.map(contentOf) } : {}),
      ...(wanted('screening') ? { screening: held.flatMap((one) => one.screenings) } : {}),
      ...(wanted('needs') ? { needs: held.flatMap((one) => one.needs) } : {}),
    };
  }

  private async whoItIs(id: string, state: KnownPerson, wanted: (category: DataCategory) => boolean, holder?: string) {
    const reader: Recorder =
      holder === undefined ? { kind: 'person' } : { kind: 'worker', agency: holder, user: 'disclosure' };
    const record = identityFor(state, reader);
    if (!record) return {};
    const identity = wanted('identity') ? await this.identities.openIdentity(id, record) : null;
    const contact = wanted('contact-details') ? await this.identities.openContactDetails(id, record) : null;
    return { ...(identity ? { identity } : {}), ...(contact ? { 'contact-details': contact } : {}) };
  }

  private async consultationsOf(state: KnownPerson, holder?: string): Promise<readonly ConsultationView[]> {
    const views: ConsultationView[] = [];
    for (const id of state.consultations) {
      const { state: one, revision } = await stateOf(this.store, consultation, id);
      if (one.status === 'none' || (holder !== undefined && !one.parties.includes(holder))) continue;
      views.push(await this.views.viewOf({ id, state: one, revision }));
    }
    return views;
  }
}

const contentOf = ({ id, channel, language, interpreterNeeded, openedAt, messages }: ConsultationView) => ({
  consultationId: id,
  channel,
  language,
  interpreterNeeded,
  openedAt,
  messages: messages.map(({ by, at, text }) => ({ by, at, text })),
});
