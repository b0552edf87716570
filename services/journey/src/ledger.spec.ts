import { randomUUID } from 'node:crypto';
import { catalogue, type CloudEvent, labelOf } from '@tsunagu/contracts';
import type { ReadModel } from '@tsunagu/read-models';
import fc from 'fast-check';
import { accessRows } from './accesses/accesses.evolve';
import { authorisationRows } from './authorisations/authorisations.evolve';
import { consentRows } from './consents/consents.evolve';
import { disclosureRows } from './disclosures/disclosures.evolve';
import { handoffRows } from './handoffs/handoffs.evolve';
import { provisionRecordsOf } from './handoffs/provision-record';
import { handoffOf, instant, type Story } from './ledger.fixtures';
import { timelineRows } from './timeline/timeline.evolve';

const story: Story = {
  personId: randomUUID(),
  referralId: randomUUID(),
  grantId: randomUUID(),
  authorisationId: randomUUID(),
};
const events = handoffOf(story, randomUUID);

function folded<Row extends object>(model: ReadModel<Row, CloudEvent>, heard: readonly CloudEvent[]): Row[] {
  const rows = new Map<string, Row>();
  for (const event of heard) {
    for (const key of model.keysOf(event)) {
      const row = model.evolve(rows.get(key), event, key);
      if (row) rows.set(key, row);
      else rows.delete(key);
    }
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

const ledger = (heard: readonly CloudEvent[]) => ({
  timeline: folded(timelineRows, heard),
  accesses: folded(accessRows, heard),
  consents: folded(consentRows, heard),
  authorisations: folded(authorisationRows, heard),
  disclosures: folded(disclosureRows, heard),
  handoffs: folded(handoffRows, heard),
});

describe('the journey of one handoff', () => {
  it('is on the timeline, reads apart', () => {
    const { timeline } = ledger(events);
    expect(timeline).toHaveLength(events.length - 1);
    expect(timeline.find(({ type }) => type.includes('referral-sent'))).toMatchObject({
      service: 'referral',
      parties: ['tsumugi-city-desk', 'hidamari-npo'],
      actorUser: 'aoi',
      authorisationId: story.authorisationId,
      facts: { referralId: story.referralId, categories: ['needs'] },
    });
  });

  it('says who read what, under which authorisation', () =>
    expect(ledger(events).accesses).toMatchObject([
      { kind: 'view', user: 'yui', agency: 'hidamari-npo', basis: 'consent', authorisationId: story.authorisationId },
    ]));

  it('is one handoff with its authorisation, its end and its acknowledgement', () => {
    const [handoff] = ledger(events).handoffs;
    expect(handoff).toMatchObject({
      fromAgency: 'tsumugi-city-desk',
      toAgency: 'hidamari-npo',
      givenAt: new Date(instant(21)),
      authorisationId: story.authorisationId,
      grantIds: [story.grantId],
      status: 'cancelled',
      reason: 'consent-withdrawn',
      disposition: 'sealed',
      acknowledgedAt: new Date(instant(600)),
    });
  });

  it('makes the records of both sides (APPI Art. 29 and 30)', () => {
    const [handoff] = ledger(events).handoffs;
    const consent = { authorisationId: story.authorisationId, grantIds: [story.grantId] };
    const both = { date: instant(21), person: story.personId, items: ['needs'], consent };
    expect(handoff && provisionRecordsOf(handoff)).toEqual({
      article29: { ...both, recipient: 'hidamari-npo' },
      article30: { ...both, provider: 'tsumugi-city-desk', acquisition: 'told by the person in a consultation' },
    });
  });

  it('makes no record before anything is given', () => {
    const [handoff] = ledger(events.filter(({ type }) => type.includes('referral-drafted'))).handoffs;
    expect(handoff && provisionRecordsOf(handoff)).toBeNull();
  });
});

describe('late, doubled and reordered events', () => {
  it('give the same ledger', () => {
    const inOrder = ledger(events);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...events], { minLength: events.length }),
        fc.subarray([...events]),
        (shuffled, doubled) => expect(ledger([...shuffled, ...doubled])).toEqual(inOrder),
      ),
      { numRuns: 300 },
    );
  });
});

const shapeOf = (schema: object): object => ('shape' in schema ? Object(schema.shape) : {});

describe('a timeline is readable', () => {
  const shown = catalogue.filter(
    ({ topic, schema, name }) => topic.endsWith('.events') && name !== 'RecordViewed' && 'personId' in shapeOf(schema),
  );
  it.each(shown.map(({ type }) => type))('%s has words in English and Japanese', (type) =>
    expect(labelOf(type)).toEqual({ en: expect.any(String), ja: expect.any(String) }),
  );
});
