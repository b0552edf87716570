import type { LoadedEvent, StreamName } from '@tsunagu/event-sourcing';
import { eventually } from '@tsunagu/testing';
import { LoadLanes } from './load-lanes';

type Loaded = ReadonlyMap<StreamName, readonly LoadedEvent[]>;

const asked: { readonly streams: readonly StreamName[]; readonly answer: (loaded: Loaded | Error) => void }[] = [];
const one: LoadedEvent = { type: 'Noted', schemaVersion: 1, data: {}, revision: 0, commandId: 'c' };
const streams = (): readonly (readonly StreamName[])[] => asked.map(({ streams }) => streams);

let lanes: LoadLanes;

beforeEach(() => {
  asked.length = 0;
  lanes = new LoadLanes(
    (streams) =>
      new Promise((resolve, reject) =>
        asked.push({ streams, answer: (loaded) => (loaded instanceof Error ? reject(loaded) : resolve(loaded)) }),
      ),
  );
});

describe('loads', () => {
  it('go at once on two lanes, and the others together on the next', async () => {
    const loads = (['a-1', 'a-2', 'a-3', 'a-4', 'a-3'] as const).map((stream) => lanes.load(stream));
    expect(streams()).toEqual([['a-1'], ['a-2']]);
    asked[0]?.answer(new Map([['a-1', [one]]]));
    expect(await loads[0]).toEqual([one]);
    await eventually(() => expect(streams().slice(2)).toEqual([['a-3', 'a-4']]));
    asked[2]?.answer(new Map([['a-3', [one]]]));
    expect(await Promise.all(loads.slice(2))).toEqual([[one], [], [one]]);
  });

  it('that ride together fail together, and the next is asked anew', async () => {
    const failing = lanes.load('a-1');
    asked[0]?.answer(new Error('gone'));
    await expect(failing).rejects.toThrow('gone');
    const again = lanes.load('a-1');
    asked[1]?.answer(new Map([['a-1', [one]]]));
    expect(await again).toEqual([one]);
  });
});
