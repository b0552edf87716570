import type { LoggerService } from '@nestjs/common';
import pino, { type Logger } from 'pino';
import { currentSpanContext } from './telemetry/trace-context';

/**
 * JSON lines, with the service's name and, inside a span, the ids by which its trace is found. Never a body, a header, a
 * query string or an error's message: any of them may hold what a person wrote.
 */
export function jsonLogger(service: string, level: string): LoggerService {
  const options = {
    name: service,
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: traceIds,
  };
  const logger: Logger = pino(options, process.stdout);
  const line =
    (log: (fields: object, message?: string) => void) =>
    (message: unknown, ...rest: readonly unknown[]): void => {
      const context = rest.at(-1);
      const fields = typeof context === 'string' ? { context } : {};
      if (typeof message === 'object' && message !== null) log({ ...fields, ...message });
      else log(fields, String(message));
    };
  return {
    log: line(logger.debug.bind(logger)),
    error: line(logger.error.bind(logger)),
    warn: line(logger.warn.bind(logger)),
    debug: line(logger.debug.bind(logger)),
    verbose: line(logger.trace.bind(logger)),
    fatal: line(logger.fatal.bind(logger)),
  };
}

/** Named as OpenTelemetry's log format for other formats has them. */
function traceIds(): { trace_id?: string; span_id?: string } {
  const span = currentSpanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}
