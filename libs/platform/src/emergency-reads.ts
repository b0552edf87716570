import { Injectable } from '@nestjs/common';
import type { AuthorisationAnswer, DataCategory } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { type Access, AccessLog } from './access-log';
import { agencyOf, type Asker } from './access';
import { Refused } from './problems';
import { ServiceClient } from './service-client';

export interface EmergencyReading {
  readonly personId: string;
  /** One at a time: each is decided and logged by itself. */
  readonly category: DataCategory;
  readonly asker: Asker;
  readonly context: CommandContext;
}

export interface EmergencyRead extends Pick<EmergencyReading, 'personId' | 'category'> {
  readonly authorisationId: string;
  /** When it ends. */
  readonly until: string;
  readonly obligations: readonly string[];
}

const SUBJECT = 'emergency-reading';
/** Roles that emergency access may be opened in. */
const READERS = ['caseworker', 'supervisor'] as const;

/**
 * What a worker reads under emergency access (緊急閲覧), of whatever agency it is: consent decides each read anew, and
 * it is on the record as an emergency before anything is opened. A service lists this among its providers.
 */
@Injectable()
export class EmergencyReads {
  constructor(
    private readonly services: ServiceClient,
    private readonly log: AccessLog,
  ) {}

  /**
   * @throws Refused, on the record and the same whether there is such a person or not; Unavailable when consent or the
   *   log is out: then nothing is shown
   */
  async read<Shown extends object>(
    reading: EmergencyReading,
    open: () => Promise<Shown>,
  ): Promise<EmergencyRead & Shown> {
    const answer = await this.decide(reading);
    if (answer.outcome === 'refused') {
      await this.record(reading, { basis: 'emergency', outcome: 'refused', reason: answer.code });
      throw new Refused(
        'no-emergency-access',
        'No emergency access of yours permits this now: none was opened, it has ended, or the person has refused you. The refusal is on record.',
      );
    }
    const { code, authorisationId, until, obligations } = answer;
    // A grant permits before an emergency does.
    const basis = code === 'permitted-in-emergency' ? 'emergency' : 'consent';
    await this.record(reading, { basis, authorisationId, outcome: 'shown' });
    const { personId, category } = reading;
    return { personId, category, authorisationId, until, obligations, ...(await open()) };
  }

  private decide({ personId, category, asker, context }: EmergencyReading): Promise<AuthorisationAnswer> {
    const role = READERS.find((reader) => asker.roles.includes(reader)) ?? READERS[0];
    const asked = {
      personId,
      recipient: { agency: agencyOf(asker), user: asker.user, role },
      purpose: 'support',
      categories: [category],
      action: 'read',
      legalBasis: 'emergency',
      subject: SUBJECT,
      subjectId: category,
    };
    return this.services.post<AuthorisationAnswer>('consent', '/authorisations', asked, context);
  }

  private record(
    { personId, category, asker, context }: EmergencyReading,
    result: Pick<Access, 'basis' | 'outcome' | 'authorisationId' | 'reason'>,
  ): Promise<void> {
    // A refused look gives the agency no part in the person's journey.
    const parties = result.outcome === 'shown' ? [agencyOf(asker)] : [];
    const about = { personId, parties, subject: SUBJECT, subjectId: category };
    const access: Access = { ...about, categories: [category], purpose: 'support', action: 'read', ...result };
    return this.log.record(asker, access, context);
  }
}
