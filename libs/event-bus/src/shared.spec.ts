import { shared } from './shared';

it('lets what waits share the next call, and goes at once when nothing is under way', async () => {
  const calls: (readonly number[])[] = [];
  let finish: () => void = () => undefined;
  const hand = shared(async (items: readonly number[]) => {
    calls.push(items);
    if (calls.length === 1) await new Promise<void>((resolve) => (finish = resolve));
  });
  const handed = [hand([1]), hand([2, 3]), hand([4])];
  expect(calls).toEqual([[1]]);
  finish();
  await Promise.all(handed);
  expect(calls).toEqual([[1], [2, 3, 4]]);
});

it('lets only what broke a shared call fail', async () => {
  const done: number[] = [];
  const hand = shared(async (items: readonly number[]) => {
    if (items.includes(2)) throw new Error(`not ${items.join(' and ')}`);
    done.push(...items);
  });
  const outcomes = await Promise.allSettled([hand([1]), hand([2]), hand([3])]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(outcomes[1]).toMatchObject({ reason: new Error('not 2') });
  expect(done).toEqual([1, 3]);
});
