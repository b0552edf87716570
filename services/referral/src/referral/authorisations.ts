import { Inject, Injectable } from '@nestjs/common';
import type { Action, AuthorisationAnswer, DataCategory, Purpose } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { type Clock, CLOCK, ServiceClient } from '@tsunagu/platform';
import { WithdrawnConsent } from '../withdrawal/withdrawn-consent';
import type { Explanation } from './domain/events';
import type { PlainFields } from './referral-seals';

export interface Recipient {
  readonly agency: string;
  readonly user: string;
  readonly role: string;
}

export interface Asked {
  readonly referralId: string;
  readonly personId: string;
  readonly recipient: Recipient;
  readonly purpose: Purpose;
  readonly action: Action;
  readonly categories: readonly DataCategory[];
  readonly discloserAgency?: string;
}

export type Permitted = Extract<AuthorisationAnswer, { outcome: 'permitted' }>;

type Answer =
  | Permitted
  | {
      readonly outcome: 'refused';
      readonly code: AuthorisationAnswer['code'];
      readonly explanation: Explanation | null;
    };

/** A worker of the receiving agency, before anybody there has been named. */
export const anyWorkerOf = (agency: string): Recipient => ({ agency, user: agency, role: 'caseworker' });

/** Every disclosure of this service is decided by consent, through here. Consent out: Unavailable, nothing is disclosed. */
@Injectable()
export class Authorisations {
  constructor(
    private readonly services: ServiceClient,
    private readonly withdrawn: WithdrawnConsent,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A repeat of the same command gets the first answer again: it may have been withdrawn since, so what we know of is asked too. */
  async authorise({ referralId, ...asked }: Asked, context: CommandContext): Promise<Answer> {
    const request = { ...asked, legalBasis: 'consent', subject: 'referral', subjectId: referralId };
    const answer = await this.services.post<AuthorisationAnswer>('consent', '/authorisations', request, context);
    if (answer.outcome === 'refused') return answer;
    if (await this.withdrawn.includes(asked.personId, answer.grantIds)) return refusal('consent-withdrawn');
    if (Date.parse(answer.until) <= this.clock.now().getTime()) return refusal('consent-expired');
    return answer;
  }

  /** The fields that this authorisation covers, in plain text, from the agency that holds them. */
  async fetchFields(
    { personId, discloserAgency, categories }: Asked,
    authorisationId: string,
    context: CommandContext,
  ): Promise<PlainFields> {
    if (categories.length === 0) return {};
    const path = `/persons/${personId}/disclosures`;
    const request = { agencyId: discloserAgency, categories, authorisationId };
    const { fields } = await this.services.post<{ fields: PlainFields }>('intake', path, request, context);
    return Object.fromEntries(
      categories.flatMap((category) => (category in fields ? [[category, fields[category]]] : [])),
    );
  }

  /** Whether the agency has to do with the person at all, and the person is still to be had to do with. */
  async isInvolved(personId: string, agency: string, context: CommandContext): Promise<boolean> {
    if (!(await this.services.exists('intake', `/persons/${personId}/agencies/${agency}`, context))) return false;
    return !(await this.withdrawn.erased(personId));
  }
}

const refusal = (code: 'consent-withdrawn' | 'consent-expired'): Answer => ({
  outcome: 'refused',
  code,
  explanation: null,
});
