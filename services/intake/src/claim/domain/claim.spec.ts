import { specFor } from '@tsunagu/testing';
import fc from 'fast-check';
import { claim } from './claim';
import type { ClaimEvent } from './events';

const given = specFor(claim);
const personId = '5b0f4e0c-0c56-4f0e-9a6e-3f2f5f3c0a01';
const issued: ClaimEvent = { type: 'ClaimIssued', data: { personId, salt: 's', hash: 'h' } };
const now = '2026-11-21T02:00:00.000Z';
const refused = (failures: number, blockedUntil: string | null): ClaimEvent => ({
  type: 'ClaimRefused',
  data: { at: now, failures, blockedUntil },
});
const wrong = { type: 'TryClaim', matches: false, now } as const;
const right = { type: 'TryClaim', matches: true, now } as const;

describe('a claim code opens only for the one who has it', () => {
  it('is issued once', () =>
    given(issued).when({ type: 'IssueClaim', personId, salt: 's', hash: 'h' }).thenRejected('locator-taken'));
  it('the right one opens', () =>
    given(issued)
      .when(right)
      .then({ type: 'ClaimAccepted', data: { at: now } }));
  it('a wrong one is on the record', () => given(issued).when(wrong).then(refused(1, null)));
  it('the fifth in a row pauses for a minute, the next for two', () => {
    given(issued, refused(4, null)).when(wrong).then(refused(5, '2026-11-21T02:01:00.000Z'));
    given(issued, refused(5, now)).when(wrong).then(refused(6, '2026-11-21T02:02:00.000Z'));
  });
  it('at most for an hour', () =>
    given(issued, refused(40, now)).when(wrong).then(refused(41, '2026-11-21T03:00:00.000Z')));
  it('in a pause the right one is refused as well', () =>
    given(issued, refused(5, '2026-11-21T02:01:00.000Z')).when(right).thenRejected('too-many-attempts'));

  it('nobody gets more than 35 guesses a day', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 86_400_000 }), { minLength: 1, maxLength: 400 }), (offsets) => {
        let state = claim.evolve(claim.initial, issued);
        let guesses = 0;
        for (const offset of offsets.sort((a, b) => a - b)) {
          const at = new Date(Date.parse(now) + offset).toISOString();
          try {
            const events = claim.decide({ ...wrong, now: at }, state);
            state = events.reduce(claim.evolve, state);
            guesses += 1;
          } catch {
            // A pause: not a guess.
          }
        }
        expect(guesses).toBeLessThanOrEqual(35);
      }),
    ));
});
