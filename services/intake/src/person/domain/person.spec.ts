import { specFor } from '@tsunagu/testing';
import type { PersonEvent } from './events';
import { identityFor, person } from './person';

const given = specFor(person);
const now = '2026-11-24T01:00:00.000Z';
const self = { kind: 'person' } as const;
const aoi = { kind: 'worker', agency: 'city-desk', user: 'aoi' } as const;
const yui = { kind: 'worker', agency: 'hidamari', user: 'yui' } as const;
const other = '5b0f4e0c-0c56-4f0e-9a6e-3f2f5f3c0a09';
const sealedAs = (recordId: string) => ({
  recordId,
  identity: { sealed: `identity ${recordId}` },
  contactDetails: { sealed: `contact ${recordId}` },
});

const registered: PersonEvent = { type: 'PersonRegistered', data: { parties: [] } };
const deskInvolved: PersonEvent = {
  type: 'AgencyInvolved',
  data: { parties: ['city-desk'], agency: 'city-desk', through: 'consultation' },
};
const hidamariInvolved: PersonEvent = {
  type: 'AgencyInvolved',
  data: { parties: ['city-desk', 'hidamari'], agency: 'hidamari', through: 'referral' },
};
const recordedBy = (by: typeof self | typeof aoi | typeof yui, recordId: string): PersonEvent => ({
  type: 'IdentityRecorded',
  data: {
    parties: by.kind === 'person' ? ['city-desk'] : [by.agency],
    heldBy: by.kind === 'person' ? 'platform' : by.agency,
    by,
    at: now,
    ...sealedAs(recordId),
  },
});
const known = [registered, deskInvolved, hidamariInvolved] as const;
const requested: PersonEvent = {
  type: 'ErasureRequested',
  data: { parties: ['city-desk', 'hidamari'], erasureId: 'e1', at: now },
};
const erased: PersonEvent = {
  type: 'PersonErased',
  data: { parties: ['city-desk', 'hidamari'], erasureId: 'e1', keysDestroyed: 4, at: now },
};
const stateAfter = (...history: PersonEvent[]) => history.reduce(person.evolve, person.initial);

describe('everything that a person asks stays together', () => {
  const begin = { type: 'BeginConsultation', consultationId: other } as const;
  const begun: PersonEvent = { type: 'ConsultationBegun', data: { parties: [], consultationId: other } };
  it('from the first question on', () => given().when(begin).then(registered, begun));
  it('each once', () => given(registered, begun).when(begin).thenNothing());
  it('and nothing after erasure', () => given(registered, requested).when(begin).thenRejected('person-erased'));
});

describe('agencies become involved', () => {
  const involve = { type: 'InvolveAgency', agency: 'hidamari', through: 'referral' } as const;
  it('once', () =>
    given(...known)
      .when(involve)
      .thenNothing());
  it('and again when it is in another way', () =>
    given(...known)
      .when({ ...involve, through: 'consultation' })
      .then({
        type: 'AgencyInvolved',
        data: { parties: ['city-desk', 'hidamari'], agency: 'hidamari', through: 'consultation' },
      }));
  it('never with somebody who is gone or was never here', () => {
    given().when(involve).thenNothing();
    given(registered, requested, erased).when(involve).thenNothing();
  });
});

describe('the anonymous become named, without losing anything', () => {
  const record = { type: 'RecordIdentity', by: aoi, ...sealedAs('r1'), now } as const;
  it('by a worker', () =>
    given(...known)
      .when(record)
      .then(recordedBy(aoi, 'r1')));
  it('by themselves', () =>
    given(...known)
      .when({ ...record, by: self })
      .then(recordedBy(self, 'r1')));
  it('then corrected, not recorded again', () =>
    given(...known, recordedBy(aoi, 'r1'))
      .when(record)
      .thenRejected('already-identified'));
  it('a correction keeps what was there before', () => {
    const corrected: PersonEvent = { ...recordedBy(aoi, 'r2'), type: 'IdentityCorrected' } as PersonEvent;
    given(...known, recordedBy(aoi, 'r1'))
      .when({ ...record, ...sealedAs('r2'), type: 'CorrectIdentity' })
      .then(corrected);
    expect(stateAfter(...known, recordedBy(aoi, 'r1'), corrected)).toMatchObject({
      identities: [{ recordId: 'r1' }, { recordId: 'r2' }],
    });
  });
  it('nothing is corrected that was never recorded', () =>
    given(...known)
      .when({ ...record, type: 'CorrectIdentity' })
      .thenRejected('not-identified'));
});

describe('a name is seen by those who were told', () => {
  it('the agency that recorded it, and the person', () => {
    const state = stateAfter(...known, recordedBy(aoi, 'r1'));
    expect(identityFor(state, aoi)?.recordId).toBe('r1');
    expect(identityFor(state, self)?.recordId).toBe('r1');
    expect(identityFor(state, yui)).toBeUndefined();
  });
  it('what the person said goes to those they consult, not to those they were only referred to', () => {
    const state = stateAfter(...known, recordedBy(self, 'r1'));
    expect(identityFor(state, aoi)?.recordId).toBe('r1');
    expect(identityFor(state, yui)).toBeUndefined();
  });
});

describe('links belong to the agency that made them', () => {
  const link = { type: 'LinkPerson', agency: 'city-desk', otherPersonId: other, now } as const;
  const linked: PersonEvent = {
    type: 'PersonLinked',
    data: { parties: ['city-desk'], agency: 'city-desk', otherPersonId: other, at: now },
  };
  it('made once', () => {
    given(...known)
      .when(link)
      .then(linked);
    given(...known, linked)
      .when(link)
      .thenNothing();
  });
  it('unmade', () =>
    given(...known, linked)
      .when({ ...link, type: 'UnlinkPerson' })
      .then({ ...linked, type: 'PersonUnlinked' } as PersonEvent));
  it('not by another agency', () =>
    given(...known, linked)
      .when({ ...link, type: 'UnlinkPerson', agency: 'hidamari' })
      .thenNothing());
});

describe('erasure cannot be undone', () => {
  const request = { type: 'RequestErasure', erasureId: 'e1', now } as const;
  const complete = { type: 'CompleteErasure', keysDestroyed: 4, now } as const;
  it('is asked for once', () => {
    given(...known)
      .when(request)
      .then(requested);
    given(...known, requested)
      .when({ ...request, erasureId: 'e2' })
      .thenNothing();
  });
  it('is completed once', () => {
    given(...known, requested)
      .when(complete)
      .then(erased);
    given(...known, requested, erased)
      .when(complete)
      .thenNothing();
  });
  it('is never completed unasked', () =>
    given(...known)
      .when(complete)
      .thenRejected('erasure-not-requested'));
  it.each([[requested], [erased]])('after %j nothing is recorded', (...last) =>
    given(...known, requested, ...last)
      .when({ type: 'RecordIdentity', by: self, ...sealedAs('r1'), now })
      .thenRejected('person-erased'),
  );
});
