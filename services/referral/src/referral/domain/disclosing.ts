import type { DataCategory, DecisionCode } from '@tsunagu/contracts';
import { Rejection } from '@tsunagu/event-sourcing';
import type { ClaimReferral, Decision, SendReferral } from './commands';
import { deadlineFor } from './deadlines';
import type { Disclosure, Explanation, ReferralEvent } from './events';
import { aboutOf, type Referral } from './state';

type Events = readonly ReferralEvent[];
type Withheld = { readonly code: DecisionCode; readonly explanation: Explanation | null };

export function send({ decision, now }: SendReferral, state: Referral): Events {
  const deadline = deadlineFor('requested', now);
  if (state.record.about.toAgency === null)
    return [{ type: 'OpenCallPosted', data: { about: aboutOf(state.record), deadline } }];
  const permitted = authorised(decision, state.record.about.toAgency, state.record.categories, now);
  if ('withheld' in permitted) return withheld(state, state.record.about.toAgency, permitted.withheld);
  const about = aboutOf({ ...state.record, sent: true });
  return [{ type: 'ReferralSent', data: { about, deadline, disclosure: permitted.disclosure } }];
}

export function claim({ by, decision, sector, now }: ClaimReferral, state: Referral): Events {
  const { record } = state;
  const permitted = authorised(decision, by, record.categories, now);
  if ('withheld' in permitted) return withheld(state, by, permitted.withheld);
  const about = aboutOf({ ...record, about: { ...record.about, toAgency: by } });
  const deadline = deadlineFor('requested', now);
  return [{ type: 'ReferralClaimed', data: { about, deadline, sector, disclosure: permitted.disclosure } }];
}

export function provideInformation(decision: Decision, state: Referral, now: string): Events {
  const receiver = state.record.about.toAgency ?? '';
  const asked = decision.outcome === 'permitted' ? decision.categories : [];
  const permitted = authorised(decision, receiver, asked, now);
  if ('withheld' in permitted) return withheld(state, receiver, permitted.withheld);
  const deadline = deadlineFor('requested', now);
  return [
    { type: 'InformationProvided', data: { about: aboutOf(state.record), deadline, disclosure: permitted.disclosure } },
  ];
}

export function reportOutcome(decision: Decision, state: Referral, now: string): Events {
  if (state.status !== 'completed') return [];
  const sender = state.record.about.fromAgency;
  const permitted = authorised(decision, sender, ['outcome'], now);
  if ('withheld' in permitted) return [];
  const { disclosure } = permitted;
  const told = state.record.disclosures.some(
    ({ agency, grantIds }) => agency === sender && disclosure.grantIds.every((id) => grantIds.includes(id)),
  );
  if (told) return [];
  return [{ type: 'OutcomeReported', data: { about: aboutOf(state.record), outcome: state.outcome, disclosure } }];
}

/**
 * The one gate of every disclosure: the authorisation is for this receiver, covers every category and is still in force.
 * A caller that brings another one has a defect; nothing is recorded.
 */
function authorised(
  decision: Decision | undefined,
  agency: string,
  categories: readonly DataCategory[],
  now: string,
): { readonly disclosure: Disclosure } | { readonly withheld: Withheld } {
  if (decision === undefined) throw new Rejection('authorisation-missing', 'Sending needs a decision about consent.');
  if (decision.outcome === 'refused') return { withheld: decision };
  const { disclosure } = decision;
  const given = Object.keys(disclosure.fields);
  const covered =
    disclosure.agency === agency &&
    categories.every((category) => decision.categories.includes(category)) &&
    given.every((category) => categories.some((asked) => asked === category));
  if (!covered) throw new Rejection('authorisation-mismatch', 'The authorisation is not for this disclosure.');
  return Date.parse(decision.until) > Date.parse(now)
    ? { disclosure }
    : { withheld: { code: 'consent-expired', explanation: null } };
}

const withheld = (state: Referral, agency: string, { code, explanation }: Withheld): Events => [
  {
    type: 'ReferralWithheld',
    data: {
      about: aboutOf(state.record),
      agency,
      code,
      explanation,
      counted: state.record.withheld ? null : { need: state.record.need, sector: state.record.sector },
    },
  },
];
