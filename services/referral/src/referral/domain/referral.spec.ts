import { specFor } from '@tsunagu/testing';
import { referral } from './referral';
import {
  accepted,
  answered,
  asked,
  claim,
  claimed,
  completed,
  disclosure,
  draft,
  drafted,
  draftedOpen,
  draftIt,
  due,
  ended,
  failed,
  held,
  historyTo,
  notified,
  now,
  openCall,
  ordersBy,
  other,
  outcomeDisclosure,
  ownDraft,
  permitted,
  posted,
  receiver,
  refused,
  rejected,
  reported,
  resumed,
  send,
  sender,
  sent,
  started,
  toReceiver,
  wrong,
} from './referral.fixtures';
import type { ReferralCommand } from './commands';
import type { ReferralEvent } from './events';

const given = specFor(referral);
const as = { sender: ordersBy(sender), receiver: ordersBy(receiver) };
const noCapacity = { reason: 'no-capacity', reasonOwner: 'agency' } as const;
const counted = { need: draft.need, sector: draft.sector };
const withheld = (code: 'no-consent' | 'consent-withdrawn' | 'consent-expired', more: object = {}): ReferralEvent => ({
  type: 'ReferralWithheld',
  data: { about: ownDraft, agency: receiver, code, explanation: null, counted, ...more },
});

describe('a referral is drafted by the agency that asks', () => {
  it('to another agency, which does not know of it yet', () => given().when(draftIt()).then(drafted));
  it('or to everybody', () =>
    given()
      .when({ ...draftIt(null), sector: 'unknown' } as ReferralCommand)
      .then(draftedOpen));
  it('not to itself', () => given().when(draftIt(sender)).thenRejected('refers-to-itself'));
  it('not about nothing', () =>
    given()
      .when({ ...draftIt(), categories: [] } as ReferralCommand)
      .thenRejected('nothing-to-disclose'));
  it('once', () => given(drafted).when(draftIt()).thenRejected('referral-exists'));
});

describe('a referral leaves only while consent is in force', () => {
  it('names the authorisation it rests on and keeps what was given', () =>
    given(drafted).when(send(permitted)).then(sent));
  it('is withheld, on the record, when consent was withdrawn', () =>
    given(drafted)
      .when(send(refused('consent-withdrawn')))
      .then(withheld('consent-withdrawn')));
  it('stays a draft that can be sent once consent is given, and is counted as withheld once', () => {
    given(drafted, withheld('no-consent')).when(send(permitted)).then(sent);
    given(drafted, withheld('no-consent'))
      .when(send(refused('no-consent')))
      .then(withheld('no-consent', { counted: null }));
  });
  it('is withheld when the authorisation ends in the moment of sending', () => {
    given(drafted)
      .when(send({ ...permitted, until: now }))
      .then(withheld('consent-expired'));
    given(drafted)
      .when(send({ ...permitted, until: '2026-11-20T10:00:00.001+09:00' }))
      .then(sent);
  });
  it('must be drafted first', () => given().when(send(permitted)).thenRejected('referral-not-drafted'));
  it.each([
    ['another receiver', { ...permitted, disclosure: { ...disclosure, agency: other } }],
    ['fewer categories than asked', { ...permitted, categories: ['identity'] as const }],
    ['more fields than asked', { ...permitted, disclosure: { ...disclosure, fields: { health: { sealed: 'x' } } } }],
  ])('does not take an authorisation for %s', (_, decision) =>
    given(drafted).when(send(decision)).thenRejected('authorisation-mismatch'),
  );
  it('does not go to a named agency without a decision', () =>
    given(drafted).when(send()).thenRejected('authorisation-missing'));
});

describe('an open call discloses nothing until somebody claims it', () => {
  it('is posted without an authorisation', () => given(draftedOpen).when(send()).then(posted));
  it('goes to the first claimer, under an authorisation for that claimer', () =>
    given(draftedOpen, posted).when(claim(receiver, permitted)).then(claimed));
  it('stays open when consent does not reach the claimer', () =>
    given(draftedOpen, posted)
      .when(claim(other, refused('no-consent', other)))
      .then({
        type: 'ReferralWithheld',
        data: {
          about: openCall,
          agency: other,
          code: 'no-consent',
          explanation: null,
          counted: { need: draft.need, sector: 'unknown' },
        },
      }));
  it('is not claimed under the authorisation of another agency', () =>
    given(draftedOpen, posted).when(claim(other, permitted)).thenRejected('authorisation-mismatch'));
  it('is claimed once', () =>
    given(draftedOpen, posted, claimed).when(claim(other, permitted)).thenRejected('open-call-claimed'));
  it('is not claimed by its sender, nor before it is posted', () => {
    given(draftedOpen, posted).when(claim(sender, permitted)).thenRejected('not-your-step');
    given(draftedOpen).when(claim(receiver, permitted)).thenRejected('open-call-claimed');
    given(drafted, sent).when(claim(other, permitted)).thenRejected('open-call-claimed');
  });
  it('then runs like any other, with the claimer as receiver', () =>
    given(draftedOpen, posted, claimed).when(as.receiver.AcceptReferral).then(accepted));
});

describe('the receiver may ask before it answers', () => {
  it('and the clock starts over on each turn', () => {
    given(drafted, sent).when(as.receiver.RequestInformation).then(asked);
    given(drafted, sent, asked).when(as.sender.ProvideInformation).then(answered);
  });
  it('as often as it needs', () =>
    given(drafted, sent, asked, answered).when(as.receiver.RequestInformation).then(asked));
  it('an answer needs an authorisation of its own', () =>
    given(drafted, sent, asked)
      .when({ ...as.sender.ProvideInformation, decision: refused('no-consent') })
      .then(withheld('no-consent', { about: toReceiver })));
});

/** Written out by hand from PRODUCT.md, so that the table in transitions.ts is checked against something else. */
const allowed: { readonly [Status in keyof typeof historyTo]: string } = {
  draft: 's:SendReferral s:CancelReferral s:MarkEnteredInError',
  requested:
    'r:RequestInformation r:AcceptReferral r:RejectReferral s:CancelReferral r:CancelReferral s:MarkEnteredInError s:RerouteReferral',
  'information-requested':
    's:ProvideInformation r:RejectReferral s:CancelReferral r:CancelReferral s:MarkEnteredInError s:RerouteReferral',
  accepted:
    'r:StartReferral r:HoldReferral r:CompleteReferral r:FailReferral s:CancelReferral r:CancelReferral s:MarkEnteredInError s:RerouteReferral',
  'in-progress':
    'r:HoldReferral r:CompleteReferral r:FailReferral s:CancelReferral r:CancelReferral s:MarkEnteredInError s:RerouteReferral',
  'on-hold':
    'r:ResumeReferral r:CompleteReferral r:FailReferral s:CancelReferral r:CancelReferral s:MarkEnteredInError s:RerouteReferral',
  rejected: 's:MarkEnteredInError s:RerouteReferral',
  completed: 's:MarkEnteredInError',
  failed: 's:MarkEnteredInError s:RerouteReferral',
  cancelled: 's:MarkEnteredInError s:RerouteReferral',
  'entered-in-error': '',
};

const matrix = Object.entries(historyTo).flatMap(([status, history]) =>
  [
    ['s', sender],
    ['r', receiver],
    ['o', other],
  ].flatMap(([side, agency]) =>
    Object.entries(ordersBy(agency ?? '')).map(([name, command]) => ({
      status,
      side,
      name,
      history,
      command,
      allowed: allowed[status as keyof typeof allowed].split(' ').includes(`${side}:${name}`),
    })),
  ),
);

describe('each side takes its own steps, from the right statuses', () => {
  it.each(matrix.filter((row) => row.allowed))('$status: $side may $name', ({ history, command }) => {
    const state = history.reduce(referral.evolve, referral.initial);
    expect(referral.decide(command, state).length).toBeGreaterThan(0);
  });
  it.each(matrix.filter((row) => !row.allowed))('$status: $side may not $name', ({ history, command }) => {
    const state = history.reduce(referral.evolve, referral.initial);
    expect(() => referral.decide(command, state)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(not-your-step|status-does-not-allow)$/) }),
    );
  });
  it('knows the whole matrix: 11 statuses, 3 sides, 13 steps', () => expect(matrix).toHaveLength(11 * 3 * 13));
});

describe('each step records what it must', () => {
  it.each<[string, readonly ReferralEvent[], ReferralCommand, ReferralEvent]>([
    ['accepting', [drafted, sent], as.receiver.AcceptReferral, accepted],
    ['rejecting', [drafted, sent], as.receiver.RejectReferral, rejected],
    ['starting', [drafted, sent, accepted], as.receiver.StartReferral, started],
    ['holding', [drafted, sent, accepted], as.receiver.HoldReferral, held],
    ['resuming', [drafted, sent, accepted, held], as.receiver.ResumeReferral, resumed],
    ['completing', [drafted, sent, accepted, started], as.receiver.CompleteReferral, completed],
    ['failing', [drafted, sent, accepted, started], as.receiver.FailReferral, failed],
    ['an error', [drafted, sent], as.sender.MarkEnteredInError, wrong],
  ])('%s', (_, history, command, event) =>
    given(...history)
      .when(command)
      .then(event),
  );

  it('says whose reason it was', () =>
    given(drafted, sent)
      .when({ type: 'RejectReferral', by: receiver, now, reason: 'person-declined', reasonOwner: 'person' })
      .then({
        type: 'ReferralRejected',
        data: { about: toReceiver, reason: 'person-declined', reasonOwner: 'person', counted },
      }));
  it.each([
    ['no-capacity', 'person'],
    ['person-died', 'agency'],
    ['consent-withdrawn', 'agency'],
  ] as const)('does not take %s as the reason of the %s', (reason, reasonOwner) =>
    given(drafted, sent)
      .when({ type: 'RejectReferral', by: receiver, now, reason, reasonOwner })
      .thenRejected('reason-owner-mismatch'),
  );
  it('a draft taken back concerns nobody else and is not counted', () =>
    given(drafted)
      .when(as.sender.CancelReferral)
      .then({ type: 'ReferralCancelled', data: { about: ownDraft, ...noCapacity, counted: null } }));
});

describe('a referral sent elsewhere keeps its thread', () => {
  const nextReferralId = as.sender.RerouteReferral.nextReferralId;
  const next: ReferralEvent = {
    type: 'ReferralRerouted',
    data: { about: { ...toReceiver, parties: [sender] }, nextReferralId },
  };
  it('ends the old one, whose receiver is not told where it went', () =>
    given(drafted, sent)
      .when(as.sender.RerouteReferral)
      .then(
        { type: 'ReferralCancelled', data: { about: toReceiver, reason: 'rerouted', reasonOwner: 'agency', counted } },
        next,
      ));
  it('leaves a rejected one rejected', () => given(drafted, sent, rejected).when(as.sender.RerouteReferral).then(next));
  it('happens once', () =>
    given(drafted, sent, rejected, next).when(as.sender.RerouteReferral).thenRejected('already-rerouted'));
  it('is not a way around a withdrawal', () =>
    given(drafted, sent, ended, notified).when(as.sender.RerouteReferral).thenRejected('consent-withdrawn'));
});

describe('the outcome goes back under the return grant', () => {
  const history = [drafted, sent, accepted, completed] as const;
  const report = (decision = reported): ReferralCommand => ({ type: 'ReportOutcome', by: sender, now, decision });
  const outcomeReported: ReferralEvent = {
    type: 'OutcomeReported',
    data: {
      about: toReceiver,
      outcome: 'need-met',
      disclosure: outcomeDisclosure,
    },
  };
  it('is recorded when the sender is first told', () =>
    given(...history)
      .when(report())
      .then(outcomeReported));
  it('is recorded once per grant', () =>
    given(...history, outcomeReported)
      .when(report())
      .thenNothing());
  it('is not told when the person did not agree to it', () =>
    given(...history)
      .when(report(refused('no-consent', sender)))
      .thenNothing());
  it('is not told before there is one', () =>
    given(drafted, sent).when(report()).thenRejected('status-does-not-allow'));
});

describe('deadlines are called, and end nothing', () => {
  const late = '2026-12-01T09:00:00+09:00';
  const pass = (deadline: string, at = late): ReferralCommand => ({ type: 'PassDeadline', deadline, now: at });
  const passed: ReferralEvent = {
    type: 'ReferralDeadlinePassed',
    data: { about: toReceiver, status: 'requested', deadline: due.requested },
  };
  it('says which status is overdue', () => given(drafted, sent).when(pass(due.requested)).then(passed));
  it('once', () => given(drafted, sent, passed).when(pass(due.requested)).thenNothing());
  it('not early', () => given(drafted, sent).when(pass(due.requested, now)).thenNothing());
  it('not for a status that has moved on', () => {
    given(drafted, sent, accepted).when(pass(due.requested)).thenNothing();
    given(drafted, sent, rejected).when(pass(due.requested)).thenNothing();
    given().when(pass(due.requested)).thenNothing();
  });
  it('and the referral can still be accepted', () =>
    given(drafted, sent, passed).when(as.receiver.AcceptReferral).then(accepted));
});
