/** How much of everything; `--quick` shows that the bench runs, not how fast the product is. */
export interface Scale {
  readonly rounds: number;
  /** Length of one round of one contestant. */
  readonly ms: number;
  /** Events of the log that is caught up and projected. */
  readonly events: number;
  /** Emmett reads so slowly that a part of the log tells its rate. */
  readonly emmettEvents: number;
}

export const FULL: Scale = { rounds: 5, ms: 1500, events: 200_000, emmettEvents: 10_000 };
export const QUICK: Scale = { rounds: 1, ms: 200, events: 5_000, emmettEvents: 500 };
