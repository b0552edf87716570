import { quantile } from '../measure';

/** Counts until everything has arrived. */
export class Arrival {
  private count = 0;
  private done: () => void = () => undefined;
  readonly all = new Promise<void>((resolve) => (this.done = resolve));

  constructor(private readonly expected: number) {}

  add(more: number): void {
    this.count += more;
    if (this.count >= this.expected) this.done();
  }
}

const PER_CALL = 100;
const CALLS_AT_ONCE = 4;

/** Sends everything a hundred a call, four calls at once. @returns both rates, a second */
export async function flow<T>(
  everything: readonly T[],
  send: (batch: readonly T[]) => Promise<unknown>,
  arrival: Arrival,
): Promise<Readonly<Record<'published/s' | 'handled/s', number>>> {
  const left = Array.from({ length: Math.ceil(everything.length / PER_CALL) }, (_, n) =>
    everything.slice(n * PER_CALL, (n + 1) * PER_CALL),
  );
  const began = performance.now();
  const sender = async (): Promise<void> => {
    for (let batch = left.shift(); batch; batch = left.shift()) await send(batch);
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, sender));
  const published = performance.now() - began;
  await arrival.all;
  const handled = performance.now() - began;
  const rate = (ms: number): number => (everything.length * 1000) / ms;
  return { 'published/s': rate(published), 'handled/s': rate(handled) };
}

/** Calls at a fixed rate, whether or not the ones before have settled. */
export async function atRate(perSecond: number, seconds: number, once: () => Promise<void>): Promise<void> {
  const began = performance.now();
  const under: Promise<void>[] = [];
  for (let sent = 0; sent < perSecond * seconds; sent += 1) {
    const wait = began + (sent * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    under.push(once());
  }
  await Promise.all(under);
}

export const spread = (name: string, milliseconds: readonly number[]): Record<string, number> => ({
  [`p50 ${name} ms`]: quantile(milliseconds, 0.5),
  [`p99 ${name} ms`]: quantile(milliseconds, 0.99),
});
