import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Unavailable } from './problems';

const PATIENCE_MS = 10_000;
const STEP_MS = 5;

/**
 * A workflow that asks its own read models whom an event concerns must not ask models that lag behind the log: what was
 * recorded before the event was handled would be missed.
 */
@Injectable()
export class CaughtUp {
  private lag: () => Promise<number> = async () => 0;

  /** Given once, when the projections start. */
  follow(lag: () => Promise<number>): void {
    this.lag = lag;
  }

  /** Settles when the read models show all that the log held. @throws Unavailable after 10 s; the bus then tries again */
  async wait(): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while ((await this.lag()) > 0) {
      if (performance.now() > deadline)
        throw new Unavailable('read-models-behind', 'The read models have not caught up.');
      await delay(STEP_MS);
    }
  }
}
