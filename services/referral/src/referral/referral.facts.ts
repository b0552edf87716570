import { Injectable } from '@nestjs/common';
import type { DataCategory, DraftReferral as DraftRequest, Outcome } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { NotFound } from '@tsunagu/platform';
import { Sectors } from './sectors';
import { anyWorkerOf, Authorisations, type Recipient } from './authorisations';
import type { ClaimReferral, Decision, DraftReferral, Order, ReferralCommand } from './domain/commands';
import { partiesOf, type Referral, type ReferralState } from './domain/state';
import { requireStep } from './domain/transitions';
import { type Place, ReferralSeals } from './referral-seals';

type Gathered =
  'DraftReferral' | 'SendReferral' | 'ClaimReferral' | 'RequestInformation' | 'ProvideInformation' | 'CompleteReferral';

/** What an agency orders, before the facts that its decision needs are gathered: text is plain, consent unasked. */
export type ReferralOrder =
  | Exclude<ReferralCommand, { type: Gathered }>
  | (Order<'DraftReferral'> & {
      readonly draft: DraftRequest;
      /** Set when this continues another referral. */
      readonly threadId?: string;
      readonly previousReferralId?: string;
    })
  | Order<'SendReferral'>
  | (Order<'ClaimReferral'> & { readonly recipient: Recipient })
  | (Order<'RequestInformation'> & { readonly question: string })
  | (Order<'ProvideInformation'> & { readonly answer: string; readonly categories?: readonly DataCategory[] })
  | (Order<'CompleteReferral'> & { readonly outcome: Outcome; readonly note?: string });

type OrderOf<Type extends Gathered> = Extract<ReferralOrder, { type: Type }>;

/** One disclosure to decide on. */
interface Handover {
  readonly referralId: string;
  readonly referral: Referral;
  readonly recipient: Recipient;
  /** What consent is asked about. */
  readonly categories: readonly DataCategory[];
  /** What intake is asked for, once permitted. */
  readonly fetch: readonly DataCategory[];
  readonly note?: { readonly category: DataCategory; readonly text: string };
}

/** Gathers what the decider may not fetch itself: consent's decision, the fields to hand over, sealed text. */
@Injectable()
export class ReferralFacts {
  constructor(
    private readonly authorisations: Authorisations,
    private readonly seals: ReferralSeals,
    private readonly sectors: Sectors,
  ) {}

  /**
   * Asks consent only about steps that are legal now.
   * @throws NotFound when the agency is no party to the referral; Unavailable when consent or intake is out
   */
  async commandFor(
    id: string,
    order: ReferralOrder,
    state: ReferralState,
    context: CommandContext,
  ): Promise<ReferralCommand> {
    if (order.type === 'DraftReferral') return this.draft(id, order, context);
    if (order.type === 'EndForWithdrawal' || order.type === 'PassDeadline') return order;
    const referral = requireStep(order, partyTo(order, state));
    const { by, now } = order;
    switch (order.type) {
      case 'SendReferral':
        return { type: order.type, by, now, ...(await this.sending(id, referral, context)) };
      case 'ClaimReferral':
        return this.claim(id, order, referral, context);
      case 'ProvideInformation':
        return { type: order.type, by, now, decision: await this.providing(id, order, referral, context) };
      case 'RequestInformation':
        return {
          type: order.type,
          by,
          now,
          question: await this.seals.sealText(
            senderOf(id, referral),
            'consultation-content',
            'question',
            order.question,
          ),
        };
      case 'CompleteReferral': {
        const { outcome, note } = order;
        if (note === undefined) return { type: order.type, by, now, outcome };
        const place = senderOf(id, referral);
        return {
          type: order.type,
          by,
          now,
          outcome,
          note: await this.seals.sealText(place, 'outcome', 'outcome', note),
        };
      }
      default:
        return order;
    }
  }

  private async draft(
    id: string,
    { by, now, draft, threadId, previousReferralId }: OrderOf<'DraftReferral'>,
    context: CommandContext,
  ): Promise<DraftReferral> {
    const { toAgency, openCall: _open, note, serviceId, personId, ...rest } = draft;
    if (!(await this.authorisations.isInvolved(personId, by, context))) throw new NotFound();
    const place = { referralId: id, personId, agency: by };
    return {
      type: 'DraftReferral',
      by,
      now,
      ...rest,
      personId,
      threadId: threadId ?? id,
      toAgency: toAgency ?? null,
      sector: await this.sectors.of(toAgency),
      ...(serviceId === undefined ? {} : { serviceId }),
      ...(previousReferralId === undefined ? {} : { previousReferralId }),
      ...(note === undefined ? {} : { note: await this.seals.sealText(place, 'consultation-content', 'note', note) }),
    };
  }

  private async sending(id: string, referral: Referral, context: CommandContext): Promise<{ decision?: Decision }> {
    const { toAgency } = referral.record.about;
    if (toAgency === null) return {};
    return { decision: await this.decide(await this.first(id, referral, anyWorkerOf(toAgency)), context) };
  }

  private async claim(
    id: string,
    { by, now, recipient }: OrderOf<'ClaimReferral'>,
    referral: Referral,
    context: CommandContext,
  ): Promise<ClaimReferral> {
    const decision = await this.decide(await this.first(id, referral, recipient), context);
    return { type: 'ClaimReferral', by, now, sector: await this.sectors.of(by), decision };
  }

  /** What a receiver is given first: what the draft names, and the note where what was said may be told. */
  private async first(referralId: string, referral: Referral, recipient: Recipient): Promise<Handover> {
    const { categories, note } = referral.record;
    const handover = { referralId, referral, recipient, categories, fetch: categories };
    const category = 'consultation-content';
    if (note === undefined || !categories.includes(category)) return handover;
    const text = await this.seals.openText(senderOf(referralId, referral), category, 'note', note);
    return { ...handover, note: { category, text } };
  }

  private providing(
    referralId: string,
    { answer, categories }: OrderOf<'ProvideInformation'>,
    referral: Referral,
    context: CommandContext,
  ): Promise<Decision> {
    const { record } = referral;
    const asked = categories ?? record.categories;
    const given = record.disclosures.flatMap(({ fields }) => Object.keys(fields));
    const category = asked[0] ?? 'consultation-content';
    const recipient = anyWorkerOf(record.about.toAgency ?? '');
    const fetch = asked.filter((one) => !given.includes(one));
    return this.decide(
      { referralId, referral, recipient, categories: asked, fetch, note: { category, text: answer } },
      context,
    );
  }

  /** Consent first; only what it permits is fetched, and sealed for the recipient at once. */
  private async decide(handover: Handover, context: CommandContext): Promise<Decision> {
    const { referralId, referral, recipient, categories, note } = handover;
    const { personId, fromAgency } = referral.record.about;
    const asked = {
      referralId,
      personId,
      recipient,
      categories,
      purpose: 'referral',
      action: 'disclose',
      discloserAgency: fromAgency,
    } as const;
    const answer = await this.authorisations.authorise(asked, context);
    const { agency } = recipient;
    if (answer.outcome === 'refused')
      return { outcome: 'refused', agency, code: answer.code, explanation: answer.explanation };
    const { authorisationId, grantIds, until } = answer;
    const place = { referralId, personId, agency };
    const plain = await this.authorisations.fetchFields(
      { ...asked, categories: handover.fetch },
      authorisationId,
      context,
    );
    const fields = await this.seals.sealFields(place, authorisationId, plain);
    const disclosure = { agency, authorisationId, grantIds, fields };
    if (note === undefined) return { outcome: 'permitted', categories, until, disclosure };
    const text = await this.seals.sealText(place, note.category, `note-${authorisationId}`, note.text);
    return {
      outcome: 'permitted',
      categories,
      until,
      disclosure: { ...disclosure, note: { category: note.category, text } },
    };
  }
}

/** What the sender may be shown. */
const senderOf = (referralId: string, { record: { about } }: Referral): Place => ({
  referralId,
  personId: about.personId,
  agency: about.fromAgency,
});

/**
 * An open call was shown to every agency, so that all may try to claim it; everything else is for its parties alone.
 * @throws NotFound for anybody else, as if it did not exist
 */
function partyTo({ type, by }: Pick<ReferralCommand & Order<string>, 'type' | 'by'>, state: ReferralState): Referral {
  if (state.status === 'absent') throw new NotFound();
  const { record } = state;
  const shown = type === 'ClaimReferral' && record.openCall && record.sent;
  if (!shown && !partiesOf(record).includes(by)) throw new NotFound();
  return state;
}
