import type { Position, ReadAllOptions, RecordedEvent } from '@tsunagu/event-sourcing';
import { LogTail } from './log-tail';
import type { Reader } from './reader';

const event = (n: number): RecordedEvent => ({ position: at(n) }) as RecordedEvent;
const at = (n: number): Position => String(n).padStart(6, '0') as Position;
const places = (events: readonly RecordedEvent[]): number[] => events.map(({ position }) => Number(position));

let log: RecordedEvent[];
let statements: number;
let tail: LogTail;

beforeEach(() => {
  log = [];
  statements = 0;
  const readAll = async ({ after, limit }: ReadAllOptions): Promise<readonly RecordedEvent[]> => {
    statements += 1;
    return log.filter(({ position }) => after === undefined || position > after).slice(0, limit);
  };
  tail = new LogTail({ readAll } as Reader);
});

describe('the subscriptions of one process', () => {
  it('share a statement when they ask for the same at once', async () => {
    log.push(event(1), event(2));
    const reads = await Promise.all([tail.readAll({ limit: 10 }), tail.readAll({ limit: 10 })]);
    expect(reads.map(places)).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(statements).toBe(1);
  });

  it('get what another has just read, from where they are', async () => {
    log.push(event(1), event(2), event(3));
    await tail.readAll({ limit: 2 });
    await tail.readAll({ after: at(2), limit: 2 });
    expect(places(await tail.readAll({ after: at(1), limit: 5 }))).toEqual([2, 3]);
    expect(places(await tail.readAll({ limit: 1 }))).toEqual([1]);
    expect(statements).toBe(2);
  });

  it('ask the log again at its end', async () => {
    expect(await tail.readAll({ limit: 10 })).toEqual([]);
    log.push(event(1));
    expect(places(await tail.readAll({ limit: 10 }))).toEqual([1]);
    expect(await tail.readAll({ after: at(1), limit: 10 })).toEqual([]);
    log.push(event(2));
    expect(places(await tail.readAll({ after: at(1), limit: 10 }))).toEqual([2]);
    expect(places(await tail.readAll({ limit: 10 }))).toEqual([1, 2]);
  });

  it('read for themselves when they are far behind, disturbing nobody', async () => {
    log.push(...Array.from({ length: 3000 }, (_, n) => event(n + 1)));
    await tail.readAll({ after: at(2900), limit: 500 });
    expect(places(await tail.readAll({ after: at(10), limit: 2 }))).toEqual([11, 12]);
    expect(places(await tail.readAll({ after: at(2998), limit: 5 }))).toEqual([2999, 3000]);
    expect(statements).toBe(2);
  });

  it('keep only the last thousand in memory', async () => {
    log.push(...Array.from({ length: 1500 }, (_, n) => event(n + 1)));
    await tail.readAll({ limit: 1500 });
    await tail.readAll({ after: at(500), limit: 5 });
    expect(statements).toBe(1);
    await tail.readAll({ after: at(499), limit: 5 });
    expect(statements).toBe(2);
  });
});
