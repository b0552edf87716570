import { eventually, ok, type Caller } from '../api';
import { promised } from '../narrator';
import type { Stage } from '../stage';

export interface Arrived {
  readonly person: Caller;
  readonly personId: string;
  readonly consultationId: string;
}

const CRY = '夜になると、だれとも話していないことに気づきます。';
const NAME = '見本 さくら';

/** Two in the morning, without a name; an answer by claim code; a name, later, by choice. */
export async function arrival({ cast, narrator }: Stage): Promise<Arrived> {
  narrator.chapter('1. A night consultation, without a name');
  const { nobody, aoi, nagi } = cast;

  const asked = { channel: 'web', language: 'ja', message: CRY, area: 'つむぎ市' };
  const opened = ok(
    await nobody.post('intake/consultations', asked),
    'anybody may ask for help without signing in',
  ).body;
  const { id: consultationId, personId, claimCode } = opened;
  promised(typeof claimCode === 'string' && claimCode.length >= 22, 'a claim code is shown once', opened);
  narrator.step(
    'Somebody',
    'asks for help at night, on the web, without a name',
    'a claim code, shown once, to come back with',
  );

  const unsigned = await nobody.get(`intake/consultations/${consultationId}`);
  promised(unsigned.status === 401, 'nothing is shown without a token', unsigned);
  const stranger = await nagi.get(`intake/consultations/${consultationId}`);
  promised(stranger.status === 404, 'an agency that is not party sees nothing, not even that it exists', stranger);
  narrator.step('Nagi (clinic)', 'tries to open it', '404: absent and forbidden look the same');

  const queue = () => aoi.get('intake/consultations?queue=unrouted');
  const waiting = await eventually(
    queue,
    ({ body }) => JSON.stringify(body).includes(consultationId),
    'the queue shows what waits',
  );
  promised(!JSON.stringify(waiting.body).includes(CRY), 'the queue shows no words of anybody');
  ok(await aoi.post(`intake/consultations/${consultationId}/take`), 'any agency may take it');
  const read = ok(await aoi.get(`intake/consultations/${consultationId}`), 'who took it may read it').body;
  promised(JSON.stringify(read).includes(CRY), 'the words are there, unsealed for the party', read);
  ok(
    await aoi.post(`intake/consultations/${consultationId}/messages`, {
      message: 'お話しくださってありがとうございます。いつでもここにいます。',
    }),
    'the worker answers',
  );
  ok(await aoi.post(`intake/consultations/${consultationId}/triage`, { tier: 'tier-1' }), 'the worker triages');
  narrator.step(
    aoi.name,
    'takes it from the queue, reads, answers, sets the clock',
    'the queue showed no words; the due time counts Japanese business days',
  );

  const wrong = await nobody.post('intake/claims', { claimCode: 'not-the-code' });
  promised(wrong.status === 404, 'a wrong code opens nothing', wrong);
  const claimed = ok(await nobody.post('intake/claims', { claimCode }), 'the claim code lets the person return').body;
  const person = cast.withToken('The person', claimed.token);
  const answer = ok(await person.get(`intake/consultations/${consultationId}`), 'the person reads the answer').body;
  promised(JSON.stringify(answer).includes('いつでもここにいます'), 'the answer is there', answer);
  ok(
    await person.post(`intake/consultations/${consultationId}/messages`, {
      message: '少し落ち着きました。もう少し話したいです。',
    }),
    'the talk goes on',
  );
  narrator.step(
    'The person',
    'returns with the claim code, reads the answer, writes on',
    'the same talk, still without a name',
  );

  ok(
    await person.post(`intake/persons/${personId}/identity`, {
      name: NAME,
      kana: 'みほん さくら',
      birthDate: '1948-04-01',
      phone: '000-0000-0001',
      area: 'つむぎ市',
    }),
    'the person may give a name',
  );
  const same = ok(await aoi.get(`intake/consultations/${consultationId}`), 'the history stays').body;
  promised(JSON.stringify(same).includes(CRY), 'nothing of the history is lost by becoming named', same);
  narrator.step('The person', 'gives a name', 'the history is one; the name is sealed under the person’s own key');

  const answers = { companionship: 'often', 'left-out': 'some-of-the-time', isolated: 'often' };
  const screened = ok(
    await aoi.post(`intake/consultations/${consultationId}/screenings`, {
      instrument: 'ucla-3-item-three-option',
      answers,
    }),
    'a screening is scored',
  ).body;
  ok(
    await aoi.post(`intake/consultations/${consultationId}/needs`, { need: 'isolation', urgency: 'soon' }),
    'a need is coded',
  );
  narrator.step(
    aoi.name,
    'records the three-item loneliness scale and the need “isolation”',
    `score ${screened.score ?? ''} ${screened.band ?? ''}`.trim(),
  );
  return { person, personId, consultationId };
}
