import { ok } from '../api';
import { promised } from '../narrator';
import type { Stage } from '../stage';
import type { Arrived } from './arrival';

export interface Consented extends Arrived {
  readonly referralId: string;
}

export const SHARED = ['identity', 'contact-details', 'needs'] as const;
const NOTICE_LANGUAGE = 'ja';

/** A referral without consent goes nowhere, and says why; with it, it goes. */
export async function consent({ cast, narrator }: Stage, arrived: Arrived): Promise<Consented> {
  narrator.chapter('2. No referral without consent');
  const { aoi } = cast;
  const { person, personId } = arrived;

  const draft = ok(
    await aoi.post('referral/referrals', {
      personId,
      need: 'isolation',
      categories: [...SHARED],
      toAgency: 'hidamari-npo',
      note: 'お茶の会に関心があります。',
    }),
    'a draft',
  ).body;
  const referralId: string = draft.id;
  const withheld = await aoi.post(`referral/referrals/${referralId}/sending`);
  promised(
    withheld.status === 403 && withheld.body.code === 'no-consent',
    'without consent nothing is sent, and the reason is shown',
    withheld,
  );
  narrator.step(
    aoi.name,
    'refers to NPO Hidamari',
    `withheld, on the record: ${withheld.body.code}. ${withheld.body.detail}`,
  );

  const { notices } = ok(await person.get('consent/notices'), 'notices are listed').body;
  const [notice] = notices;
  const noticeId: string = notice.id ?? notice.noticeId;
  const text = ok(
    await person.get(`consent/notices/${noticeId}?language=${NOTICE_LANGUAGE}`),
    'the notice in the person’s language',
  ).body;
  narrator.step(
    'The person',
    'reads the notice in Japanese',
    `“${text.texts?.[0]?.title ?? noticeId}”, version ${text.version}`,
  );

  const until = new Date(Date.now() + 180 * 86_400_000).toISOString();
  const terms = {
    effect: 'permit',
    until,
    form: 'digital',
    notice: { id: noticeId, version: text.version, language: NOTICE_LANGUAGE },
  };
  const share = {
    ...terms,
    purposes: ['referral', 'support'],
    categories: [...SHARED],
    recipients: [{ agency: 'hidamari-npo' }, { agency: 'midori-jichikai' }],
    actions: ['disclose', 'read'],
  };
  const report = {
    ...terms,
    purposes: ['outcome-report'],
    categories: ['outcome'],
    recipients: [{ agency: 'tsumugi-city-desk' }],
    actions: ['report-back'],
  };
  const unbounded = await person.post(`consent/persons/${personId}/grants`, { ...share, until: undefined });
  promised(unbounded.status >= 400 && unbounded.status < 500, 'a consent without an end is refused', unbounded);
  ok(await person.post(`consent/persons/${personId}/grants`, share), 'the person grants');
  ok(await person.post(`consent/persons/${personId}/grants`, report), 'the return grant');
  narrator.step(
    'The person',
    'grants: name, contact and needs to two agencies, the outcome back to the desk, for 180 days',
    'recorded with the notice’s version; a consent without an end was refused',
  );

  const sent = ok(await aoi.post(`referral/referrals/${referralId}/sending`), 'with consent it is sent').body;
  promised(typeof sent.authorisationId === 'string', 'a sent referral names its authorisation', sent);
  narrator.step(
    aoi.name,
    'sends the same referral again',
    `requested, under authorisation ${sent.authorisationId.slice(0, 8)}…`,
  );
  return { ...arrived, referralId };
}
