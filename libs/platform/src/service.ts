import type { ServerResponse } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { applicationModule, type Parts } from './application.module';
import { readConfig, type ServiceConfig } from './config';
import type { ServiceDefinition } from './definition';
import { openEngines } from './engines';
import type { Check } from './health';
import type { Clock } from './injection';
import { jsonLogger } from './logging';
import { migrate } from './migrate';
import { migrateAlone, mustBeMigrated } from './migrate-alone';
import { documentOf } from './openapi';
import { PROBLEM_JSON, problemOf } from './problem.filter';
import { tracedStore } from './telemetry/events';
import { traceRequests } from './telemetry/requests';
import { startTelemetry } from './telemetry/start';
import { Telemetry } from './telemetry/telemetry';
import { startWorkers, type Workers } from './workers';

export interface RunningService {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Starts projections, publishing, consumers and clocks. */
  work(): Promise<Workers>;
  /** Stops taking requests, finishes what is in hand, closes every connection. */
  close(): Promise<void>;
}

const BODY_LIMIT_BYTES = 256 * 1024;
const systemClock: Clock = { now: () => new Date() };

/** Migrates, listens, and answers; `work()` sets the rest going once the services that it calls are there. */
export async function startService(
  definition: ServiceDefinition,
  config: ServiceConfig,
  clock: Clock = systemClock,
): Promise<RunningService> {
  await migrate(definition, config);
  await mustBeMigrated(definition, config);
  const telemetry = new Telemetry(definition.name);
  const opened = await openEngines(definition, config, clock);
  const engines = opened && { ...opened, store: tracedStore(opened.store, telemetry) };
  let workers: Workers | undefined;
  const checks: Check[] = [{ name: 'work', run: async () => hasBegun(workers) }, ...(engines?.checks ?? [])];
  const parts = { config, clock, telemetry, checks, ...(engines ? { engines } : {}) };
  const app = await listen(definition, parts).catch(async (error: unknown) => {
    await engines?.close();
    throw error;
  });
  return {
    app,
    url: await app.getUrl(),
    work: async () => {
      workers = await startWorkers(definition, config, clock, app, engines, telemetry);
      checks.push(...workers.checks);
      return workers;
    },
    close: async () => {
      await workers?.stop();
      await app.close();
      await engines?.close();
    },
  };
}

function hasBegun(workers: Workers | undefined): void {
  if (!workers) throw new Error('projections, publishing and consumers have not begun yet');
}

/** As much of a Fastify reply as an error before any route needs. */
interface RawReply {
  readonly raw: ServerResponse;
}

async function listen(definition: ServiceDefinition, parts: Parts): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    logger: false,
    frameworkErrors: (error: Error, _: unknown, { raw }: RawReply) => {
      const answer = problemOf(error);
      raw.writeHead(answer.status, { 'content-type': PROBLEM_JSON }).end(JSON.stringify(answer));
    },
  });
  traceRequests(adapter.getInstance(), parts.telemetry);
  const app = await NestFactory.create<NestFastifyApplication>(applicationModule(definition, parts), adapter, {
    logger: jsonLogger(definition.name, parts.config.logLevel),
    abortOnError: false,
    bodyParser: false,
  });
  adapter.getInstance().removeContentTypeParser('text/plain');
  const document = documentOf(app, definition);
  app.getHttpAdapter().get('/openapi.json', (_: unknown, reply: { send(body: object): void }) => reply.send(document));
  await app.listen(parts.config.port, parts.config.host);
  return app;
}

/** `main` of a service that runs as its own process; with the argument `migrate`, of the job before it. */
export async function serve(definition: ServiceDefinition): Promise<void> {
  try {
    if (process.argv[2] === 'migrate') return await migrateAlone(definition, process.env);
    const config = readConfig(definition.name, process.env);
    const stopTelemetry = await startTelemetry(definition.name);
    const service = await startBeside(definition, config);
    await service.work();
    const stop = (): void => {
      service
        .close()
        .finally(stopTelemetry)
        .then(
          () => process.exit(0),
          () => process.exit(1),
        );
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    process.stdout.write(`${definition.name} ready ${service.url}\n`);
  } catch (error) {
    process.stderr.write(`${definition.name} did not start: ${whatToDo(error)}\n`);
    process.exit(1);
  }
}

/** Where another instance has the port already, this one works beside it on a port of its own. */
async function startBeside(definition: ServiceDefinition, config: ServiceConfig): Promise<RunningService> {
  try {
    return await startService(definition, config);
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    process.stdout.write(
      `Port ${config.port} has an instance of ${definition.name} already; this one joins it on another.\n`,
    );
    return startService(definition, { ...config, port: 0 });
  }
}

function whatToDo(error: unknown): string {
  if (codeOf(error) === 'ECONNREFUSED') {
    return 'its database does not answer. Is it running? With the embedded default, `npm start` runs it.';
  }
  return error instanceof Error ? error.message : String(error);
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
