interface Waiting<T> {
  readonly items: readonly T[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One call of `work` at a time: what is handed over while one is under way waits and rides the next together. Alone, it
 * goes at once. When a call that was shared fails, each that shared it is called for alone.
 */
export function shared<T>(work: (items: readonly T[]) => Promise<void>): (items: readonly T[]) => Promise<void> {
  let waiting: Waiting<T>[] = [];
  let running = false;
  const answer = async (sharing: readonly Waiting<T>[]): Promise<void> => {
    try {
      await work(sharing.flatMap(({ items }) => items));
      for (const { resolve } of sharing) resolve();
    } catch (error) {
      if (sharing.length === 1) sharing[0]?.reject(error);
      else for (const one of sharing) await answer([one]);
    }
  };
  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const sharing = waiting;
      waiting = [];
      await answer(sharing);
    }
    running = false;
  };
  return (items) =>
    new Promise((resolve, reject) => {
      waiting.push({ items, resolve, reject });
      if (!running) void run();
    });
}
