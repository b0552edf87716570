import { Injectable } from '@nestjs/common';
import type { DataCategory, ReferralView } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { AccessLog, type Asker } from '@tsunagu/platform';
import { Erased, type Sealed } from '@tsunagu/sealing';
import type {} from '../referral/domain/events';
import { partiesOf } from '../referral/domain/state';
import type { Current } from '../referral/referral.access';
import { ReferralSeals } from '../referral/referral-seals';

const WORDS = 'consultation-content';

/** One referral as a party may see it: the sender with its own words and the need, the receiver without. */
@Injectable()
export class ReferralViews {
  constructor(
    private readonly seals: ReferralSeals,
    private readonly log: AccessLog,
  ) {}

  async show(current: Current, asker: Asker, context: CommandContext): Promise<ReferralView> {
    const { record } = current.referral;
    const sender = asker.agency === record.about.fromAgency;
    const own = sender ? await this.ownWords(current) : {};
    const categories: DataCategory[] = sender
      ? ['needs', ...(Object.keys(own).length > 0 ? ([WORDS] as const) : [])]
      : [];
    await this.log.record(
      asker,
      {
        personId: record.about.personId,
        parties: [...partiesOf(record)],
        subject: 'referral',
        subjectId: current.id,
        categories,
        purpose: 'referral',
        action: 'read',
        basis: 'own-agency',
        outcome: 'shown',
      },
      context,
    );
    return sender ? { ...forBoth(current), ...forSender(current), ...own } : { ...forBoth(current), ...forReceiver };
  }

  /** The note that the sender wrote and the question that it was asked. Nothing once the person's keys are gone. */
  private async ownWords({ id, referral }: Current): Promise<{ note?: string; question?: string }> {
    const { about, note } = referral.record;
    const place = { referralId: id, personId: about.personId, agency: about.fromAgency };
    const open = async (path: 'note' | 'question', sealed: Sealed | undefined) =>
      sealed ? { [path]: await this.seals.openText(place, WORDS, path, sealed) } : {};
    try {
      const question = referral.status === 'information-requested' ? referral.question : undefined;
      return { ...(await open('note', note)), ...(await open('question', question)) };
    } catch (error) {
      if (error instanceof Erased) return {};
      throw error;
    }
  }
}

function forBoth({ id, referral, revision }: Current) {
  const { about, openCall, categories, serviceId, deadline, overdue, disclosures, notices } = referral.record;
  const reasoned = 'reason' in referral;
  return {
    id,
    ...about,
    openCall,
    status: referral.status,
    reason: reasoned ? referral.reason : null,
    reasonOwner: reasoned ? referral.reasonOwner : null,
    categories: [...categories],
    serviceId: serviceId ?? null,
    deadline,
    overdue,
    disclosures: disclosures.map(({ agency, authorisationId, fields }) => ({
      agency,
      authorisationId,
      categories: Object.keys(fields) as DataCategory[],
    })),
    withdrawals: notices.map(({ agency, deadline: until, acknowledged, overdue: late }) => ({
      agency,
      deadline: until,
      acknowledged,
      overdue: late,
    })),
    revision,
  };
}

const forSender = ({ referral: { record } }: Current) => ({
  need: record.need,
  withheld: record.withheld ?? null,
  previousReferralId: record.previousReferralId ?? null,
  nextReferralId: record.nextReferralId ?? null,
});

const forReceiver = { withheld: null, previousReferralId: null, nextReferralId: null };
