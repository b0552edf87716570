export interface Sample {
  readonly perSecond: number;
  readonly p50: number;
  /** Milliseconds. */
  readonly p99: number;
  /** Of this process, microseconds for one piece of work. */
  readonly cpuMicros: number;
}

export interface Contestant {
  readonly name: string;
  /** One piece of work by one of the callers. */
  readonly work: (caller: number) => Promise<unknown>;
}

export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Keeps `callers` calls under way for `ms`. */
export async function underLoad({ work }: Contestant, callers: number, ms: number): Promise<Sample> {
  const latencies: number[] = [];
  const started = performance.now();
  const cpu = process.cpuUsage();
  const caller = async (n: number): Promise<void> => {
    for (let now = performance.now(); now - started < ms;) {
      await work(n);
      const then = now;
      now = performance.now();
      latencies.push(now - then);
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, n) => caller(n)));
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    perSecond: latencies.length / seconds,
    p50: median(latencies),
    p99: quantile(latencies, 0.99),
    cpuMicros: (user + system) / latencies.length,
  };
}

const RATES = ['perSecond', 'p50', 'p99', 'cpuMicros'] as const;

/** Takes turns, so that whatever else the machine does falls on all alike; medians of the rounds. */
export async function interleaved(
  contestants: readonly Contestant[],
  { callers, rounds, ms }: { readonly callers: number; readonly rounds: number; readonly ms: number },
): Promise<ReadonlyMap<string, Sample>> {
  const samples = new Map<string, Sample[]>(contestants.map(({ name }) => [name, []]));
  for (const contestant of contestants) await underLoad(contestant, callers, ms / 4);
  for (let round = 0; round < rounds; round += 1) {
    for (const contestant of contestants) {
      samples.get(contestant.name)?.push(await underLoad(contestant, callers, ms));
    }
  }
  return new Map([...samples].map(([name, taken]) => [name, medianOf(taken)]));
}

function medianOf(samples: readonly Sample[]): Sample {
  const [perSecond = 0, p50 = 0, p99 = 0, cpuMicros = 0] = RATES.map((rate) => median(samples.map((s) => s[rate])));
  return { perSecond, p50, p99, cpuMicros };
}

/** Pieces of work per second of one run of `work`, which answers how many it did. */
export async function rateOf(work: () => Promise<number>): Promise<number> {
  const started = performance.now();
  const done = await work();
  return done / ((performance.now() - started) / 1000);
}
