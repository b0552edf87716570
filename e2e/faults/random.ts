/** mulberry32: the same seed gives the same run. */
export class Random {
  constructor(private state: number) {}

  /** From 0, below `bound`. */
  below(bound: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * bound);
  }

  shuffled<T>(list: readonly T[]): T[] {
    return list
      .map((value) => ({ value, order: this.below(2 ** 30) }))
      .sort((a, b) => a.order - b.order)
      .map(({ value }) => value);
  }
}
