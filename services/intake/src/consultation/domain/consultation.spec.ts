import { specFor } from '@tsunagu/testing';
import { upcast } from '@tsunagu/event-sourcing';
import fc from 'fast-check';
import { consultation, type ConsultationCommand, type Said } from './consultation';
import type { ConsultationEvent } from './events';
import type { Consultation } from './state';

const given = specFor(consultation);
const night = '2026-11-20T17:00:00.000Z'; // Saturday 02:00 in Japan; Monday 23 is a holiday
const later = '2026-11-24T01:00:00.000Z'; // Tuesday 10:00 in Japan
const personId = '5b0f4e0c-0c56-4f0e-9a6e-3f2f5f3c0a01';
const alone: { personId: string; parties: string[] } = { personId, parties: [] };
const desk = { personId, parties: ['city-desk'] };
const aoi = { kind: 'worker', agency: 'city-desk', user: 'aoi' } as const;
const yui = { kind: 'worker', agency: 'hidamari', user: 'yui' } as const;
const person = { kind: 'person' } as const;
const said = (messageId: string, heldBy = 'platform'): Said => ({ messageId, heldBy, content: { sealed: 'c2VhbGVk' } });
const asked = {
  personId,
  agency: null,
  channel: 'web',
  language: 'ja',
  interpreterNeeded: false,
  anonymous: true,
  area: 'unknown',
  ageBand: 'unknown',
  sector: 'unrouted',
  tier: 'tier-1',
} as const;
const firstDue = '2026-11-24T08:00:00.000Z'; // close of Tuesday

const opened: ConsultationEvent = {
  type: 'ConsultationOpened',
  data: { ...asked, parties: [], openedAt: night, dueAt: firstDue },
};
const helloFrom = (by: typeof person | typeof aoi, dueAt: string | null, about = alone): ConsultationEvent => ({
  type: 'MessageSent',
  data: { ...about, ...said('m1'), by, at: night, dueAt },
});
const taken: ConsultationEvent = {
  type: 'ConsultationTaken',
  data: { ...desk, agency: 'city-desk', worker: 'aoi', at: later },
};
const closed: ConsultationEvent = { type: 'ConsultationClosed', data: { ...desk, agency: 'city-desk', at: later } };
const erased: ConsultationEvent = { type: 'ConsultationErased', data: { ...desk, at: later } };
const waiting = [opened, helloFrom(person, firstDue)] as const;
const withDesk = [...waiting, taken] as const;

describe('a person asks for help without a name at two in the morning', () => {
  const open = { type: 'OpenConsultation', ...asked, by: person, message: said('m1'), at: night, now: night } as const;

  it('and is to be answered by the close of the next business day, holidays left out', () =>
    given().when(open).then(opened, helloFrom(person, firstDue)));

  it('and within the hour when a life is in danger', () => {
    const due = '2026-11-20T18:00:00.000Z';
    given()
      .when({ ...open, tier: 'crisis' })
      .then(
        { type: 'ConsultationOpened', data: { ...asked, tier: 'crisis', parties: [], openedAt: night, dueAt: due } },
        helloFrom(person, due),
      );
  });

  it('and nobody waits when a worker listened', () =>
    given()
      .when({ ...open, by: aoi, agency: 'city-desk', sector: 'public' })
      .then(
        {
          type: 'ConsultationOpened',
          data: { ...asked, ...desk, agency: 'city-desk', sector: 'public', openedAt: night, dueAt: null },
        },
        helloFrom(aoi, null, desk),
      ));

  it('once', () =>
    given(...waiting)
      .when(open)
      .thenRejected('consultation-already-open'));
});

describe('no wrong door', () => {
  const take = { type: 'TakeConsultation', by: aoi, now: later } as const;
  const route = {
    type: 'RouteConsultation',
    by: aoi,
    toAgency: 'hidamari',
    personAgreed: true,
    note: null,
    now: later,
  } as const;
  const routed: ConsultationEvent = {
    type: 'ConsultationRouted',
    data: {
      personId,
      parties: ['city-desk', 'hidamari'],
      from: 'city-desk',
      to: 'hidamari',
      at: later,
      dueAt: '2026-11-25T08:00:00.000Z',
    },
  };

  it('lets any agency take what nobody has', () =>
    given(...waiting)
      .when(take)
      .then(taken));
  it('lets one agency take it', () =>
    given(...withDesk)
      .when({ ...take, by: yui })
      .thenRejected('already-taken'));
  it('takes nothing twice', () =>
    given(...withDesk)
      .when(take)
      .thenNothing());
  it('hands over when the person agreed, with a new deadline', () =>
    given(...withDesk)
      .when(route)
      .then(routed));
  it('hands nothing over unasked', () =>
    given(...withDesk)
      .when({ ...route, personAgreed: false })
      .thenRejected('agreement-needed'));
  it('is handed to another', () =>
    given(...withDesk)
      .when({ ...route, toAgency: 'city-desk' })
      .thenRejected('routed-to-self'));
  it('is handed on only by the agency that has it', () =>
    given(...withDesk, routed)
      .when({ ...route, toAgency: 'clinic' })
      .thenRejected('not-with-your-agency'));
});

describe('whoever waits is answered in time, or somebody hears of it', () => {
  const send = { type: 'SendMessage', by: aoi, message: said('m2', 'city-desk'), now: later } as const;
  const overdue: ConsultationEvent = {
    type: 'TriageOverdue',
    data: { ...desk, agency: 'city-desk', tier: 'tier-1', dueAt: firstDue },
  };
  const after = '2026-11-24T08:00:00.001Z';

  it('an answer stops the clock', () =>
    given(...withDesk)
      .when(send)
      .then({ type: 'MessageSent', data: { ...desk, ...said('m2', 'city-desk'), by: aoi, at: later, dueAt: null } }));
  it('a second word of the person does not push the deadline back', () =>
    given(...withDesk)
      .when({ ...send, by: person })
      .then({
        type: 'MessageSent',
        data: { ...desk, ...said('m2', 'city-desk'), by: person, at: later, dueAt: firstDue },
      }));
  it('at the deadline it is not late yet', () =>
    given(...withDesk)
      .when({ type: 'RaiseOverdue', now: firstDue })
      .thenNothing());
  it('after it, it is', () =>
    given(...withDesk)
      .when({ type: 'RaiseOverdue', now: after })
      .then(overdue));
  it('once', () =>
    given(...withDesk, overdue)
      .when({ type: 'RaiseOverdue', now: after })
      .thenNothing());
  it('triage sets a deadline of its own', () =>
    given(...withDesk, overdue)
      .when({ type: 'TriageConsultation', by: aoi, tier: 'tier-2', now: later })
      .then({
        type: 'ConsultationTriaged',
        data: { ...desk, agency: 'city-desk', tier: 'tier-2', at: later, dueAt: '2026-11-24T05:00:00.000Z' },
      }));
});

describe('a closed consultation opens again when the person writes', () => {
  const again = { type: 'SendMessage', by: person, message: said('m3'), now: later } as const;
  const due = '2026-11-25T08:00:00.000Z';
  const history = [...withDesk, closed] as const;

  it('so that they never start again', () =>
    given(...history)
      .when(again)
      .then(
        { type: 'ConsultationReopened', data: { ...desk, at: later } },
        { type: 'MessageSent', data: { ...desk, ...said('m3'), by: person, at: later, dueAt: due } },
      ));
  it('but takes no triage before', () =>
    given(...history)
      .when({ type: 'TriageConsultation', by: aoi, tier: 'tier-2', now: later })
      .thenRejected('consultation-closed'));
});

describe('needs are recorded once and settled once', () => {
  const needId = '5b0f4e0c-0c56-4f0e-9a6e-3f2f5f3c0a02';
  const data = {
    ...desk,
    needId,
    need: 'loneliness',
    urgency: 'soon',
    heldBy: 'city-desk',
    at: later,
    note: null,
  } as const;
  const recorded: ConsultationEvent = { type: 'NeedRecorded', data: { ...data, agency: 'city-desk', area: 'unknown' } };
  const record = {
    type: 'RecordNeed',
    by: aoi,
    needId,
    need: 'loneliness',
    urgency: 'soon',
    note: null,
    now: later,
  } as const;
  const settle = { type: 'SettleNeed', by: aoi, needId, status: 'met', now: later } as const;
  const settled: ConsultationEvent = {
    type: 'NeedSettled',
    data: { ...desk, needId, agency: 'city-desk', status: 'met', at: later },
  };

  it('recorded', () =>
    given(...withDesk)
      .when(record)
      .then(recorded));
  it('not twice while open', () =>
    given(...withDesk, recorded)
      .when({ ...record, needId: personId })
      .thenRejected('need-already-recorded'));
  it('settled', () =>
    given(...withDesk, recorded)
      .when(settle)
      .then(settled));
  it('settled the same way again is nothing new', () =>
    given(...withDesk, recorded, settled)
      .when(settle)
      .thenNothing());
  it('not settled otherwise afterwards', () =>
    given(...withDesk, recorded, settled)
      .when({ ...settle, status: 'withdrawn' })
      .thenRejected('need-settled'));
  it('not settled when unknown', () =>
    given(...withDesk)
      .when(settle)
      .thenRejected('need-unknown'));
});

describe('after erasure', () => {
  it('nothing is added', () =>
    given(...withDesk, erased)
      .when({ type: 'SendMessage', by: person, message: said('m4'), now: later })
      .thenRejected('person-erased'));
  it('and a repeat changes nothing', () =>
    given(...withDesk, erased)
      .when({ type: 'EraseConsultation', now: later })
      .thenNothing());
});

describe('whatever is done to a consultation', () => {
  const author = fc.constantFrom(aoi, yui);
  const instants = fc
    .date({ min: new Date(night), max: new Date('2027-02-01'), noInvalidDate: true })
    .map((d) => d.toISOString());
  const ids = fc.uuid();
  const note = { sealed: 'bm90ZQ' };
  const command: fc.Arbitrary<ConsultationCommand> = fc.oneof(
    fc.record({
      type: fc.constant('SendMessage' as const),
      by: fc.constantFrom(person, aoi, yui),
      message: ids.map((id) => said(id)),
      now: instants,
    }),
    fc.record({ type: fc.constant('TakeConsultation' as const), by: author, now: instants }),
    fc.record({
      type: fc.constant('RouteConsultation' as const),
      by: author,
      toAgency: fc.constantFrom('city-desk', 'hidamari', 'clinic'),
      personAgreed: fc.boolean(),
      note: fc.constant(null),
      now: instants,
    }),
    fc.record({
      type: fc.constant('TriageConsultation' as const),
      by: author,
      tier: fc.constantFrom('tier-1', 'tier-2', 'crisis'),
      now: instants,
    }),
    fc.record({ type: fc.constant('RaiseOverdue' as const), now: instants }),
    fc.record({
      type: fc.constant('RecordNeed' as const),
      by: author,
      needId: ids,
      need: fc.constantFrom('food', 'debt'),
      urgency: fc.constant('soon' as const),
      note: fc.constant(note),
      now: instants,
    }),
    fc.record({ type: fc.constant('CloseConsultation' as const), by: author, note: fc.constant(null), now: instants }),
    fc.record({ type: fc.constant('EraseConsultation' as const), now: instants }),
  );

  const play = (commands: readonly ConsultationCommand[]): ConsultationEvent[] => {
    const history: ConsultationEvent[] = [...waiting];
    for (const one of commands) {
      try {
        history.push(...consultation.decide(one, history.reduce(consultation.evolve, consultation.initial)));
      } catch {
        // Refused commands leave no trace; that is the point.
      }
    }
    return history;
  };

  it('its history read back from storage gives the same state', () =>
    fc.assert(
      fc.property(fc.array(command, { maxLength: 25 }), (commands) => {
        const history = play(commands);
        const stored = history.map((event) =>
          upcast<ConsultationCommand, ConsultationEvent, Consultation>(consultation, {
            schemaVersion: 1,
            ...(JSON.parse(JSON.stringify(event)) as ConsultationEvent),
          }),
        );
        expect(stored.reduce(consultation.evolve, consultation.initial)).toEqual(
          history.reduce(consultation.evolve, consultation.initial),
        );
      }),
    ));

  it('nobody whom a person wrote to last is without a deadline, and every holder is a party', () =>
    fc.assert(
      fc.property(fc.array(command, { maxLength: 25 }), (commands) => {
        const state = play(commands).reduce(consultation.evolve, consultation.initial);
        if (state.status !== 'open') return;
        if (state.messages.at(-1)?.by.kind === 'person') expect(state.dueAt).not.toBeNull();
        if (state.agency !== null) expect(state.parties).toContain(state.agency);
      }),
    ));
});
