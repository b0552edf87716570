import { Injectable } from '@nestjs/common';
import type { DecisionCode } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { type Access, AccessLog, agencyOf, type Asker, Refused } from '@tsunagu/platform';
import { Erased } from '@tsunagu/sealing';
import { type Asked, Authorisations, type Permitted } from './authorisations';
import type { Explanation } from './domain/events';
import { partiesOf } from './domain/state';
import type { Current } from './referral.access';

export interface Reading extends Pick<Asked, 'purpose' | 'action' | 'categories' | 'discloserAgency'> {
  readonly current: Current;
  readonly asker: Asker;
  /** What is looked at. */
  readonly subject: 'referral-disclosure' | 'referral-outcome';
  /** Of a new read (contexts.ts). */
  readonly context: CommandContext;
}

/** What one agency was told by another is decided anew, and logged, at every read. */
@Injectable()
export class DecidedReads {
  constructor(
    private readonly authorisations: Authorisations,
    private readonly log: AccessLog,
  ) {}

  /** @throws Refused, on the record; Unavailable when consent or the log is out: then nothing is shown */
  async read<Shown>(reading: Reading, open: (permitted: Permitted) => Promise<Shown>): Promise<Shown> {
    const { current, asker, context, purpose, action, categories, discloserAgency } = reading;
    const answer = await this.authorisations.authorise(
      {
        referralId: current.id,
        personId: current.referral.record.about.personId,
        recipient: { agency: agencyOf(asker), user: asker.user, role: roleOf(asker) },
        purpose,
        action,
        categories,
        ...(discloserAgency === undefined ? {} : { discloserAgency }),
      },
      context,
    );
    if (answer.outcome === 'refused') return this.refuse(reading, answer.code, answer.explanation);
    try {
      const shown = await open(answer);
      await this.record(reading, { basis: 'consent', authorisationId: answer.authorisationId, outcome: 'shown' });
      return shown;
    } catch (error) {
      if (error instanceof Erased) return this.refuse(reading, 'person-erased', null);
      throw error;
    }
  }

  /** Refuses, and puts the refusal on record first. */
  async refuse(
    reading: Reading,
    code: DecisionCode | 'referral-over',
    explanation: Explanation | null,
  ): Promise<never> {
    await this.record(reading, { basis: 'consent', outcome: 'refused', reason: code });
    const sentence =
      code === 'referral-over'
        ? 'This referral has ended, and what it passed on is closed. The refusal is on record.'
        : 'Consent does not permit this now. The refusal is on record.';
    throw new Refused(code, sentence, { explanation });
  }

  private record(
    { current, asker, subject, purpose, action, categories, context }: Reading,
    result: Pick<Access, 'basis' | 'outcome' | 'authorisationId' | 'reason'>,
  ): Promise<void> {
    const { record } = current.referral;
    const about = { personId: record.about.personId, parties: [...partiesOf(record)], subject, subjectId: current.id };
    return this.log.record(asker, { ...about, purpose, action, categories: [...categories], ...result }, context);
  }
}

/** The role in which a worker receives: the first that may. */
export const roleOf = ({ roles }: Asker): string =>
  roles.find((role) => role === 'caseworker' || role === 'supervisor') ?? roles[0] ?? 'caseworker';
