import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { AuthorisationAnswer } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { type Clock, CLOCK, Telemetry, within } from '@tsunagu/platform';
import { type ConsentHandled, HandleConsent } from '../consent/consent.handler';
import { decide, type Decision } from '../consent/domain/decision';
import type { DisclosureAsked } from '../consent/domain/events';
import { currentPolicy, policyOf } from '../consent/domain/policy';
import { decisionEvents, decisionIdOf, type DecisionEvent } from './decisions.evolve';

/** Authorises a disclosure, or puts its refusal on the record; the answer is given after the append. */
@Injectable()
export class Authorisations {
  constructor(
    private readonly commands: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly telemetry: Telemetry,
  ) {}

  authorise(personId: string, asked: DisclosureAsked, context: CommandContext): Promise<AuthorisationAnswer> {
    const description = 'Time from the question whether something is permitted to its recorded answer.';
    return this.telemetry.timed(
      'tsunagu.decision.duration',
      description,
      ({ outcome }) => ({ outcome }),
      () => this.answer(personId, asked, context),
    );
  }

  private async answer(
    personId: string,
    asked: DisclosureAsked,
    context: CommandContext,
  ): Promise<AuthorisationAnswer> {
    const handled = await this.record(personId, asked, context);
    const event = decisionOf(handled);
    if (handled.repeated && event.type === 'DisclosureAuthorised' && !this.stillHolds(personId, asked, handled)) {
      // A repeat answers as the first time, but never with a permission that has ended since.
      return this.answer(personId, asked, within(context, 'decide-again'));
    }
    return answerOf(event, explain(personId, asked, event, handled));
  }

  private record(personId: string, asked: DisclosureAsked, context: CommandContext): Promise<ConsentHandled> {
    const intent = { type: 'AuthoriseDisclosure', personId, asked } as const;
    return this.commands.execute<HandleConsent, ConsentHandled>(new HandleConsent(personId, intent, context));
  }

  private stillHolds(personId: string, asked: DisclosureAsked, { state }: ConsentHandled): boolean {
    const at = this.clock.now().toISOString();
    return decide({ ...asked, personId, at }, state, currentPolicy).outcome === 'permitted';
  }
}

function decisionOf({ events }: ConsentHandled): DecisionEvent {
  const event = events.find((recorded): recorded is DecisionEvent => decisionEvents.includes(recorded.type));
  if (!event) throw new Error('a decision is always recorded');
  return event;
}

/** Decisions change no grant, so the state after them explains them as well as the state before. */
const explain = (
  personId: string,
  asked: DisclosureAsked,
  { data }: DecisionEvent,
  { state }: ConsentHandled,
): Decision => decide({ ...asked, personId, at: data.at }, state, policyOf(data.policyVersion) ?? currentPolicy);

function answerOf(event: DecisionEvent, explained: Decision): AuthorisationAnswer {
  const { code, policyVersion, consentRevision } = event.data;
  const decided = { code, policyVersion, consentRevision, explanation: explanationOf(explained) };
  if (event.type === 'DisclosureRefused') return { outcome: 'refused', refusalId: decisionIdOf(event), ...decided };
  const { authorisationId, until } = event.data;
  const [grantIds, obligations] = [[...event.data.grantIds], [...event.data.obligations]];
  return { outcome: 'permitted', authorisationId, grantIds, until, obligations, ...decided };
}

export const explanationOf = ({
  matched,
  unmatched,
  missing,
  restsOn,
}: Decision): AuthorisationAnswer['explanation'] => ({
  matched: [...matched],
  unmatched: [...unmatched],
  missing: [...missing],
  ...(restsOn === undefined ? {} : { restsOn }),
});
