import { eventually, ok } from '../api';
import { promised } from '../narrator';
import type { Stage } from '../stage';
import type { Handed } from './handoff';

const KIND = 'contact-details';

/** Without consent, a life in danger: one worker, one kind of data, some hours; the person sees it, and somebody else reviews it. */
export async function emergency({ cast, narrator }: Stage, { person, personId }: Handed): Promise<void> {
  narrator.chapter('6. An emergency');
  const { nagi, itsuki } = cast;
  const reading = `intake/persons/${personId}/emergency-readings`;
  const before = await nagi.get(`${reading}/${KIND}`);
  promised(before.status === 403, 'without emergency access there is no emergency read', before);
  const opening = {
    harm: 'grave-illness',
    description: '薬を取りに来る日に来ず、電話もつながらない。',
    categories: [KIND],
    hours: 1,
    supervisor: 'itsuki',
  };
  const opened = await nagi.post(`consent/persons/${personId}/emergency-accesses`, opening);
  const { accessId } = ok(opened, 'a worker opens emergency access').body;
  const read = ok(await nagi.get(`${reading}/${KIND}`), 'and reads what it was opened for').body;
  promised(read.fields?.[KIND]?.phone !== undefined, 'the telephone number', read);
  const more = await nagi.get(`${reading}/consultation-content`);
  promised(more.status === 403, 'and nothing more', more);
  narrator.step(nagi.name, 'opens emergency access for an hour', 'the telephone number is shown; what was said is not');

  await eventually(
    () => person.get(`journey/persons/${personId}/access-log`),
    ({ body }) =>
      body.accesses?.some((one: { authorisationId: string }) => one.authorisationId === read.authorisationId),
    'the person sees it',
  );
  const review = `consent/persons/${personId}/emergency-accesses/${accessId}/review`;
  const own = await nagi.post(review, { justified: true });
  promised(own.status === 404, 'nobody reviews their own', own);
  ok(await itsuki.post(review, { justified: false }), 'somebody else reviews it');
  const after = await nagi.get(`${reading}/${KIND}`);
  promised(after.status === 403, 'found unjustified, it ends at once', after);
  narrator.step(itsuki.name, 'reviews it and finds it unjustified', 'it ends at once; the person has seen who looked');
}
