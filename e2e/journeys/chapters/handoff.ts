import { eventually, ok } from '../api';
import { promised } from '../narrator';
import type { Stage } from '../stage';
import { type Consented, SHARED } from './consent';

export interface Handed extends Consented {
  /** The open call that the residents' group claimed. */
  readonly callId: string;
}

/** The loop closes: question, answer, acceptance; exactly the granted fields; a third agency by open call. */
export async function handoff({ cast, narrator }: Stage, consented: Consented): Promise<Handed> {
  narrator.chapter('3. The handoff');
  const { aoi, yui, nagi, fumi } = cast;
  const { personId, referralId } = consented;
  const path = `referral/referrals/${referralId}`;

  await eventually(
    () => yui.get('referral/referrals?box=in'),
    ({ body }) => JSON.stringify(body).includes(referralId),
    'the receiver’s inbox shows it',
  );
  ok(
    await yui.post(`${path}/information-requests`, { question: 'お電話はいつごろがよいでしょうか。' }),
    'the receiver asks',
  );
  const asked = ok(await aoi.get(path), 'the sender sees the question').body;
  promised(asked.status === 'information-requested', 'the referral waits for information', asked);
  ok(await aoi.post(`${path}/information`, { answer: '平日の午後がよいそうです。' }), 'the sender answers');
  ok(await yui.post(`${path}/acceptance`), 'the receiver accepts');
  narrator.step(yui.name, 'asks back, gets an answer, accepts', 'requested ⇄ information-requested → accepted');

  const disclosure = ok(await yui.get(`${path}/disclosure`), 'the receiver reads').body;
  const fields = Object.keys(disclosure.fields).sort();
  promised(JSON.stringify(fields) === JSON.stringify([...SHARED].sort()), 'exactly the granted fields', disclosure);
  promised(JSON.stringify(disclosure.fields).includes('見本 さくら'), 'the name was passed on', disclosure);
  promised(!JSON.stringify(disclosure).includes('夜になると'), 'what was said at night was not', disclosure);
  const foreign = await nagi.get(`${path}/disclosure`);
  promised(foreign.status === 404, 'another agency sees nothing', foreign);
  narrator.step(
    yui.name,
    'reads the disclosure',
    `exactly ${fields.join(', ')}; decided again for this read (${disclosure.authorisationId.slice(0, 8)}…)`,
  );

  const call = ok(
    await aoi.post('referral/referrals', {
      personId,
      need: 'daily-living',
      categories: ['contact-details', 'needs'],
      openCall: true,
    }),
    'an open call',
  ).body;
  ok(await aoi.post(`referral/referrals/${call.id}/sending`), 'it is put out');
  await eventually(
    () => fumi.get('referral/open-calls'),
    ({ body }) => JSON.stringify(body).includes(call.id),
    'every agency sees the call',
  );
  const without = await nagi.post(`referral/referrals/${call.id}/claim`);
  promised(without.status === 403, 'who is not covered by consent cannot claim it', without);
  ok(await fumi.post(`referral/referrals/${call.id}/claim`), 'who is covered claims it');
  const late = await yui.post(`referral/referrals/${call.id}/claim`);
  promised(late.status === 404 || late.status === 409, 'only one agency can claim it', late);
  ok(await fumi.post(`referral/referrals/${call.id}/acceptance`), 'and accepts');
  narrator.step(
    fumi.name,
    'claims an open call for daily help',
    'once only; the clinic, not covered by consent, was refused (403)',
  );
  return { ...consented, callId: call.id };
}
