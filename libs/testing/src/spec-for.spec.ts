import { Rejection } from '@tsunagu/event-sourcing';
import type { Decider } from '@tsunagu/event-sourcing';
import { specFor } from './spec-for';

type LampEvent = { readonly type: 'LampLit'; readonly data: { readonly by: string } };
interface LampState {
  readonly lit: boolean;
}

const lamp: Decider<{ readonly by: string }, LampEvent, LampState> = {
  category: 'lamp',
  initial: { lit: false },
  evolve: () => ({ lit: true }),
  decide: ({ by }, { lit }) => {
    if (by === '') throw new Rejection('nobody', 'Somebody has to light the lamp.');
    return lit ? [] : [{ type: 'LampLit', data: { by } }];
  },
};
const given = specFor(lamp);
const lit: LampEvent = { type: 'LampLit', data: { by: 'aoi' } };

describe('specFor tells what a decider did', () => {
  it('the events it decided', () => given().when({ by: 'aoi' }).then(lit));
  it('that it found nothing to change', () => given(lit).when({ by: 'ren' }).thenNothing());
  it('that it refused', () => given().when({ by: '' }).thenRejected('nobody'));
});

describe('specFor fails', () => {
  it('on other events', () =>
    expect(() =>
      given()
        .when({ by: 'aoi' })
        .then({ type: 'LampLit', data: { by: 'ren' } }),
    ).toThrow());
  it('on a missing refusal', () => expect(() => given().when({ by: 'aoi' }).thenRejected('nobody')).toThrow());
  it('on another refusal', () => expect(() => given().when({ by: '' }).thenRejected('somebody')).toThrow());
  it('when a fold changes the state it was handed', () => {
    const careless: typeof lamp = { ...lamp, evolve: (state) => Object.assign(state, { lit: true }) };
    expect(() => specFor(careless)(lit).when({ by: 'aoi' }).thenNothing()).toThrow(TypeError);
  });
});
