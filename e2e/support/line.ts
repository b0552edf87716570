import type { Socket } from 'node:net';
import { balance } from '@tsunagu/local';

/** `refused`: connections end, and none is taken. `silent`: whatever is sent is lost without a word. */
export type Cut = 'refused' | 'silent';

/** One caller's way to one address, which can be cut and mended. */
export interface Line {
  readonly port: number;
  cut(how: Cut): void;
  /** What was sent into a silent cut arrives late, as TCP does it, where neither end has given up. */
  mend(): void;
  close(): Promise<void>;
}

type Pair = readonly [near: Socket, far: Socket];

export async function lineTo(targets: () => readonly number[]): Promise<Line> {
  const pairs = new Set<Pair>();
  let state: 'open' | Cut = 'open';
  const joined = (...pair: Pair): void => {
    pairs.add(pair);
    for (const socket of pair) socket.once('close', () => pairs.delete(pair));
    if (state === 'silent') part(pair);
    if (state === 'refused') end(pair);
  };
  const { port, close } = await balance({ targets: () => (state === 'refused' ? [] : targets()), joined });
  return {
    port,
    cut: (how) => {
      state = how;
      pairs.forEach(how === 'silent' ? part : end);
    },
    mend: () => {
      if (state === 'silent') pairs.forEach(rejoin);
      state = 'open';
    },
    close,
  };
}

const end = (pair: Pair): void => pair.forEach((socket) => void socket.resetAndDestroy());

/** Nobody reads any more, so that not even the other's end is noticed. */
function part([near, far]: Pair): void {
  near.unpipe(far).pause();
  far.unpipe(near).pause();
}

function rejoin([near, far]: Pair): void {
  near.pipe(far);
  far.pipe(near);
}
