import { context, isSpanContextValid, type SpanContext, trace } from '@opentelemetry/api';

/** Version 00 of W3C Trace Context, section 3.2. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * Where a trace is to be continued. Read by hand and not by OpenTelemetry's propagator, because that would also carry
 * `tracestate` and baggage along, and those hold whatever text a caller puts into them.
 */
export function spanContextFrom(traceparent: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const found: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(found) ? found : undefined;
}

export const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

/** The span that is open here; undefined outside of any, and when nothing is traced. */
export function currentSpanContext(): SpanContext | undefined {
  const found = trace.getSpanContext(context.active());
  return found && isSpanContextValid(found) ? found : undefined;
}

export function currentTraceparent(): string | undefined {
  const found = currentSpanContext();
  return found && traceparentOf(found);
}
