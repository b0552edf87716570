import { Controller, Get, Inject, Injectable, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { reasonOf } from '@tsunagu/event-bus';
import type { FastifyReply } from 'fastify';
import { Public } from './access';

export interface Check {
  readonly name: string;
  /** Settles when it is well. @throws Error whose message says what is wrong, without personal data */
  readonly run: () => Promise<void>;
}

export const CHECKS = Symbol('Checks');

const CHECK_TIMEOUT_MS = 2_000;
/** A question that a lost connection will never answer is put again then. */
const FORGET_MS = 30_000;

/** A check of something that this needs; its driver's own message is not repeated, which may name hosts and users. */
export const answers = (name: string, ask: () => Promise<unknown>): Check => ({
  name,
  run: async () => {
    try {
      await ask();
    } catch (error) {
      throw new Error(`does not answer (${reasonOf(error)})`);
    }
  },
});

@Injectable()
export class Health {
  /** Those that wait for an answer. Asking again and again must not use up the connections to what is silent. */
  private readonly asking = new Map<string, Promise<void>>();

  constructor(@Inject(CHECKS) private readonly checks: readonly Check[]) {}

  async report(): Promise<{ ready: boolean; checks: Record<string, string> }> {
    const results = await Promise.all(
      this.checks.map(async (check) => [check.name, await outcome(() => this.run(check))] as const),
    );
    return { ready: results.every(([, result]) => result === 'ok'), checks: Object.fromEntries(results) };
  }

  private run({ name, run }: Check): Promise<void> {
    const running = this.asking.get(name);
    if (running) return running;
    const question = run();
    const forget = (): boolean => this.asking.delete(name);
    const timer = setTimeout(forget, FORGET_MS).unref();
    this.asking.set(name, question);
    void question.catch(() => undefined).finally(() => forget() && clearTimeout(timer));
    return question;
  }
}

async function outcome(run: () => Promise<void>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('no answer in time'), CHECK_TIMEOUT_MS);
  });
  const done = run().then(
    () => 'ok',
    (error: unknown) => (error instanceof Error && error.message ? error.message : 'failed'),
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}

@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(private readonly health: Health) {}

  @Get('live')
  @Public()
  live(): { live: true } {
    return { live: true };
  }

  @Get('ready')
  @Public()
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const report = await this.health.report();
    void reply.status(report.ready ? 200 : 503);
    return report;
  }
}
