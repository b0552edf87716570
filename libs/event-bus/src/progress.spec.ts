import { eventually } from '@tsunagu/testing';
import { Progress } from './progress';

type Step = readonly [partition: number, position: number];

let calls: (readonly Step[])[];
let fails: boolean;
let errors: unknown[];
let progress: Progress<number, Step>;

beforeEach(() => {
  calls = [];
  fails = false;
  errors = [];
  const write = async (steps: readonly Step[]): Promise<void> => {
    calls.push(steps);
    if (!fails) return;
    fails = false;
    throw new Error('gone');
  };
  progress = new Progress({ write, everyMs: 20, onError: (error) => errors.push(error) });
});

afterEach(() => progress.close());

describe('how far consumers have got', () => {
  it('is saved by one call, each partition where it has got to last', async () => {
    progress.reached(1, [1, 1]);
    progress.reached(2, [2, 5]);
    progress.reached(1, [1, 2]);
    const saved = [
      [1, 2],
      [2, 5],
    ];
    await eventually(() => expect(calls).toEqual([saved]));
    await progress.save();
    expect(calls).toHaveLength(1);
  });

  it('is saved again when it could not be saved', async () => {
    fails = true;
    progress.reached(1, [1, 1]);
    await eventually(() => expect(calls).toEqual([[[1, 1]], [[1, 1]]]));
    expect(errors).toHaveLength(1);
  });

  it('is not saved once it is somebody else who goes on', async () => {
    progress.reached(1, [1, 1]);
    progress.forget();
    progress.reached(2, [2, 1]);
    await progress.save();
    expect(calls).toEqual([[[2, 1]]]);
  });

  it('is not saved again either when a call fails that had begun before', async () => {
    let fail: (error: Error) => void = () => undefined;
    const write = async (steps: readonly Step[]): Promise<void> => {
      calls.push(steps);
      if (calls.length === 1) await new Promise((_, reject) => (fail = reject));
    };
    const slow = new Progress<number, Step>({ write, everyMs: 1, onError: (error) => errors.push(error) });
    slow.reached(1, [1, 1]);
    const saved = slow.save();
    await eventually(() => expect(calls).toHaveLength(1));
    slow.forget();
    fail(new Error('gone'));
    await expect(saved).rejects.toThrow('gone');
    slow.reached(2, [2, 1]);
    await slow.save();
    slow.close();
    expect(calls).toEqual([[[1, 1]], [[2, 1]]]);
  });
});
