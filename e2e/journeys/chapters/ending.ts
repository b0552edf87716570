import { eventually, ok } from '../api';
import { promised } from '../narrator';
import type { Stage } from '../stage';
import { emergency } from './emergency';
import type { Handed } from './handoff';

/** The person takes it back; the auditor proves what happened; the person's traces are erased; the tables tell of nobody. */
export async function ending(stage: Stage, handed: Handed): Promise<void> {
  await withdrawal(stage, handed);
  await emergency(stage, handed);
  await audit(stage, handed);
  await erasure(stage, handed);
  await tables(stage, handed);
}

async function withdrawal({ cast, narrator }: Stage, { person, personId, referralId, callId }: Handed): Promise<void> {
  narrator.chapter('5. Withdrawal');
  const { yui, fumi } = cast;
  ok(await person.post(`consent/persons/${personId}/withdrawals`, { grantIds: 'all' }), 'consent is withdrawn');
  const refused = await yui.get(`referral/referrals/${referralId}/disclosure`);
  promised(
    refused.status === 403 && refused.body.code === 'consent-withdrawn',
    'no read succeeds from that moment on',
    refused,
  );
  narrator.step(
    'The person',
    'withdraws everything',
    'effective at its answer: the very next read is refused (consent-withdrawn)',
  );

  const ended = await eventually(
    () => fumi.get(`referral/referrals/${callId}`),
    ({ body }) => body.status === 'cancelled',
    'the live referral ends',
  );
  promised(ended.body.reason === 'consent-withdrawn', 'because consent was withdrawn', ended.body);
  const told = (id: string, who: typeof yui) =>
    eventually(
      () => who.get(`referral/referrals/${id}`),
      ({ body }) => body.withdrawals?.length > 0,
      'each recipient is told',
    );
  await told(referralId, yui);
  ok(
    await yui.post(`referral/referrals/${referralId}/withdrawal-acknowledgement`, { disposition: 'sealed' }),
    'the NPO acknowledges',
  );
  await told(callId, fumi);
  const unfounded = await fumi.post(`referral/referrals/${callId}/withdrawal-acknowledgement`, {
    disposition: 'retained',
  });
  promised(unfounded.status === 400, 'retaining needs a legal basis', unfounded);
  ok(
    await fumi.post(`referral/referrals/${callId}/withdrawal-acknowledgement`, { disposition: 'deleted' }),
    'the residents’ group acknowledges',
  );
  narrator.step('Both recipients', 'say what they did with what they had been given', 'sealed · deleted');
}

async function audit({ cast, narrator }: Stage, { person, personId, referralId }: Handed): Promise<void> {
  narrator.chapter('7. Anyone can check');
  const { shiori, yui } = cast;
  const handoffs = await eventually(
    () => shiori.get(`journey/handoffs?person=${personId}`),
    ({ body }) =>
      body.handoffs?.length >= 2 &&
      body.handoffs.every((one: { authorisationId: string | null }) => one.authorisationId !== null),
    'every handoff names its authorisation',
  );
  const uncovered = ok(await shiori.get('journey/handoffs/uncovered'), 'uncovered handoffs').body;
  promised(uncovered.uncovered?.length === 0, 'none is without', uncovered);
  const replay = ok(await shiori.get(`consent/audit/replay?personId=${personId}`), 'replay').body;
  promised(replay.different === 0 && replay.same > 0, 'every recorded decision comes out the same again', replay);
  narrator.step(
    shiori.name,
    'checks every disclosure and decides each again',
    `${handoffs.body.handoffs.length} handoffs, none without authorisation; ${replay.same} decisions replayed, ${replay.different} different`,
  );

  const own = await eventually(
    () => person.get(`journey/persons/${personId}/access-log`),
    ({ body }) => JSON.stringify(body).includes('refused') && JSON.stringify(body).includes(referralId),
    'the person sees who looked',
  );
  const timeline = ok(await person.get(`journey/persons/${personId}/timeline`), 'the person’s timeline').body;
  promised(timeline.facts?.length > 15, 'the journey is one timeline', timeline.facts?.length);
  const partial = ok(await yui.get(`journey/persons/${personId}/timeline`), 'an agency’s timeline').body;
  promised(
    partial.facts.length > 0 && partial.facts.length < timeline.facts.length,
    'an agency sees only what it was party to',
  );
  narrator.step(
    'The person',
    'reads their own access log and timeline',
    `${own.body.accesses?.length ?? 0} accesses, ${timeline.facts.length} facts; Hidamari sees ${partial.facts.length} of them`,
  );
}

async function erasure({ cast, narrator }: Stage, { person, personId, consultationId }: Handed): Promise<void> {
  narrator.chapter('8. Erasure');
  const { aoi, yui } = cast;
  ok(await person.post(`intake/persons/${personId}/erasure`), 'the person asks to be erased');
  const after = await aoi.get(`intake/consultations/${consultationId}`);
  promised(!JSON.stringify(after.body).includes('夜になると'), 'what was sealed cannot be read again', after);
  await eventually(
    () => yui.get('follow-up/plans?status=open'),
    ({ body }) => !JSON.stringify(body).includes(personId),
    'no open plan is left',
  );
  narrator.step(
    'The person',
    'asks for erasure',
    'the keys are destroyed: every sealed field is unreadable everywhere; ids and codes stay provable',
  );
}

async function tables({ cast, narrator }: Stage, { personId }: Handed): Promise<void> {
  narrator.chapter('9. What analysts see');
  const { akira } = cast;
  const { tables: registered } = ok(await akira.get('analytics/tables'), 'the registered tables').body;
  for (const { name, title, threshold } of registered) {
    const { cells } = ok(await akira.get(`analytics/tables/${name}`), name).body;
    promised(!JSON.stringify(cells).includes(personId), 'no table leads to a person');
    const shown = cells.filter(({ count }: { count: number | null }) => count !== null).length;
    promised(
      cells.every(({ count }: { count: number | null }) => count === null || count >= threshold),
      'small counts are withheld',
    );
    narrator.step(
      akira.name,
      `reads “${title.en}”`,
      `${cells.length} cells, ${shown} shown; counts below ${threshold} are withheld`,
    );
  }
  const forbidden = await akira.get(`journey/persons/${personId}/timeline`);
  promised(forbidden.status === 404, 'an analyst reaches no person', forbidden);
  narrator.step(akira.name, 'tries the person’s timeline', '404: there is no way from here to a person');
}
