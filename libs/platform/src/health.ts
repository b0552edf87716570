import { Controller, Get, Inject, Injectable, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from './access';

export interface Check {
  readonly name: string;
  /** Settles when it is well. @throws Error whose message says what is wrong, without personal data */
  readonly run: () => Promise<void>;
}

export const CHECKS = Symbol('Checks');

const CHECK_TIMEOUT_MS = 2_000;

@Injectable()
export class Health {
  constructor(@Inject(CHECKS) private readonly checks: readonly Check[]) {}

  async report(): Promise<{ ready: boolean; checks: Record<string, string> }> {
    const results = await Promise.all(this.checks.map(async ({ name, run }) => [name, await outcome(run)] as const));
    return { ready: results.every(([, result]) => result === 'ok'), checks: Object.fromEntries(results) };
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
