import { eventually } from '@tsunagu/testing';
import { Progress } from './progress';
import type { Claim, Step, Tables } from './tables';

const claim = (partition: number): Claim => ({ topic: 't', partition, epoch: '1', at: { tx: '0', position: '0' } });
const place = (n: number) => ({ tx: '1', position: String(n) });

let statements: (readonly [partition: number, position: string])[][];
let held: (step: Step) => boolean;
let progress: Progress;
const errors: unknown[] = [];
const overtaken = jest.fn();

beforeEach(() => {
  statements = [];
  held = () => true;
  overtaken.mockClear();
  const commit: Tables['commit'] = async (steps) => {
    statements.push(steps.map(({ claim, place }) => [claim.partition, place.position] as const));
    return new Set(steps.filter(held).map(({ claim }) => claim));
  };
  progress = new Progress({ commit } as Tables, (error) => errors.push(error));
});

afterEach(() => progress.close());

describe('the progress of all groups of a bus', () => {
  it('is saved by one statement, each partition where it has got to last', async () => {
    const [one, two] = [claim(1), claim(2)];
    progress.reached('a', one, place(1), overtaken);
    progress.reached('b', two, place(5), overtaken);
    progress.reached('a', one, place(2), overtaken);
    const saved = [
      [1, '2'],
      [2, '5'],
    ];
    await eventually(() => expect(statements).toEqual([saved]));
    await progress.save();
    expect(statements).toHaveLength(1);
    expect(overtaken).not.toHaveBeenCalled();
  });

  it('tells whose partition somebody else has taken', async () => {
    held = () => false;
    progress.reached('a', claim(1), place(1), overtaken);
    await progress.save();
    expect(overtaken).toHaveBeenCalledTimes(1);
  });

  it('is saved again when it could not be saved', async () => {
    held = () => {
      held = () => true;
      throw new Error('gone');
    };
    progress.reached('a', claim(1), place(1), overtaken);
    await eventually(() => expect(statements).toHaveLength(2));
    expect(statements[1]).toEqual([[1, '1']]);
    expect(errors).toHaveLength(1);
  });
});
