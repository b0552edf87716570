import { type RecordedEvent, upcast } from '@tsunagu/event-sourcing';
import { consent, type ConsentState } from '../consent/domain/consent';
import { decide } from '../consent/domain/decision';
import type { ConsentEvent } from '../consent/domain/events';
import { policyOf } from '../consent/domain/policy';
import { decisionIdOf, decisionIn, type DecisionEvent } from '../decisions/decisions.evolve';

export interface Replayed {
  /** Recorded authorisations and refusals that were decided again. */
  readonly decisions: number;
  readonly same: number;
  readonly different: number;
  /** The first hundred of those that came out differently. */
  readonly differing: readonly Difference[];
}

export interface Difference {
  readonly stream: string;
  readonly revision: number;
  readonly decisionId: string;
  readonly recorded: string;
  /** What it would be by the grants and the policy it names; `policy-unknown` when there is no such policy. */
  readonly replayed: string;
}

const SHOWN = 100;

/** Decides every recorded decision again, at the revision and under the policy it names. Feed it the log in order. */
export class Replay {
  private readonly states = new Map<string, ConsentState>();
  private decisions = 0;
  private readonly found: Difference[] = [];
  private different = 0;

  see(recorded: RecordedEvent): void {
    if (!recorded.stream.startsWith('consent-')) return;
    const before = this.states.get(recorded.stream) ?? consent.initial;
    const event: ConsentEvent = upcast(consent, recorded);
    const decision = decisionIn(recorded);
    if (decision) this.compare(recorded, decision, before);
    this.states.set(recorded.stream, consent.evolve(before, event));
  }

  result(): Replayed {
    const { decisions, different, found } = this;
    return { decisions, same: decisions - different, different, differing: found };
  }

  private compare({ stream, revision }: RecordedEvent, decision: DecisionEvent, before: ConsentState): void {
    this.decisions += 1;
    const recorded = answerOf(decision);
    const replayed = replayOf(stream, decision, before);
    if (recorded === replayed) return;
    this.different += 1;
    if (this.found.length === SHOWN) return;
    this.found.push({ stream, revision, decisionId: decisionIdOf(decision), recorded, replayed });
  }
}

function replayOf(stream: string, { data }: DecisionEvent, before: ConsentState): string {
  const policy = policyOf(data.policyVersion);
  if (!policy) return 'policy-unknown';
  const personId = stream.slice('consent-'.length);
  const { outcome, code, matched, consentRevision } = decide({ ...data, personId }, before, policy);
  const telling = outcome === 'permitted' ? 'permit' : 'deny';
  const grants = matched.filter(({ effect }) => effect === telling).map(({ grantId }) => grantId);
  return written(outcome, code, grants, consentRevision);
}

const answerOf = ({ type, data }: DecisionEvent): string =>
  written(type === 'DisclosureAuthorised' ? 'permitted' : 'refused', data.code, data.grantIds, data.consentRevision);

const written = (outcome: string, code: string, grants: readonly string[], revision: number): string =>
  `${outcome} ${code} by ${[...grants].sort().join(', ') || 'no grant'} at revision ${revision}`;
