import { type Line, open } from './carriers';
import type { CaughtUp } from './catch-up';
import { TOPIC } from './messages';

const MEGABYTE = 1024 ** 2;

/** `node catch-up-consumer.js <line> <events>`: handles them all as a new group, tells how it went, and ends. */
async function main(): Promise<void> {
  const [line = '', events = ''] = process.argv.slice(2);
  const total = Number(events);
  const bus = open(JSON.parse(line) as Line);
  const resident = (): number => process.memoryUsage.rss() / MEGABYTE;
  const [tenth, half] = [Math.floor(total / 10), Math.floor(total / 2)];
  const memory: number[] = [];
  let began: number | undefined;
  let handled = 0;
  const all = new Promise<void>((resolve) => {
    const handle = async (): Promise<void> => {
      began ??= performance.now();
      handled += 1;
      if (handled === tenth || handled === half || handled === total) memory.push(resident());
      if (handled === total) resolve();
    };
    void bus.consume({ group: 'follow-up-latecomer', topics: [TOPIC], handle });
  });
  await all;
  const [first = 0, second = 0, third = 0] = memory;
  const told: CaughtUp = { seconds: (performance.now() - (began ?? 0)) / 1000, memory: [first, second, third] };
  process.send?.(told);
  await bus.close();
  process.disconnect?.();
}

void main();
