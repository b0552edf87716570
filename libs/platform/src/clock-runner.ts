import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import type { ClockWork } from './definition';
import type { Clock } from './injection';

/** Runs a service's clock work at its pace, on whichever instance holds the lock; a failed run is logged and tried at the next tick. */
export class ClockRunner {
  private readonly logger = new Logger('clock');
  private readonly timers: NodeJS.Timeout[] = [];
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    private readonly clock: Clock,
  ) {}

  start(name: string, work: ClockWork): void {
    const tick = (): void => {
      this.running = this.running.then(() => this.once(name, work));
    };
    this.timers.push(setInterval(tick, work.everyMs));
    tick();
  }

  async stop(): Promise<void> {
    this.timers.forEach(clearInterval);
    await this.running;
  }

  private async once(name: string, work: ClockWork): Promise<void> {
    try {
      const client = await this.pool.connect();
      // A connection lost while the work runs fails the unlock; unheard, it would end the process.
      client.on('error', ignored);
      try {
        const { rows } = await client.query<{ mine: boolean }>(
          'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS mine',
          [name],
        );
        if (!rows[0]?.mine) return;
        try {
          await work.run(this.clock.now());
        } finally {
          await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]);
        }
      } finally {
        client.off('error', ignored);
        client.release();
      }
    } catch (error) {
      this.logger.error({ clock: name, error: error instanceof Error ? error.constructor.name : typeof error });
    }
  }
}

const ignored = (): void => undefined;
