/** How much of everything; `--quick` shows that the bench runs, not how fast the product is. */
export interface Scale {
  /** Events of one run of a bus without and with an effect. */
  readonly events: number;
  readonly effects: number;
  readonly partitions: readonly number[];
  /** Events that a new group has to catch up with. */
  readonly history: number;
  /** Of full load before anything is measured: until then much of what runs is not yet compiled. */
  readonly warmUpSeconds: number;
  /** Length of a run at a fixed rate, and of one under full load. */
  readonly seconds: number;
  /** Commands a second whose way is followed. */
  readonly followed: number;
}

export const FULL: Scale = {
  events: 50_000,
  effects: 6_000,
  partitions: [1, 3, 6, 12],
  history: 1_000_000,
  warmUpSeconds: 30,
  seconds: 8,
  followed: 50,
};

export const QUICK: Scale = {
  events: 2_000,
  effects: 300,
  partitions: [1, 3],
  history: 20_000,
  warmUpSeconds: 1,
  seconds: 2,
  followed: 10,
};
