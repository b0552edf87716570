import { context, type Span, type SpanContext, SpanKind, trace } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fail, secondsSince, type Telemetry } from './telemetry';
import { spanContextFrom, traceparentOf } from './trace-context';

const spans = new WeakMap<object, Span>();

/**
 * A server span and a duration for every request (OpenTelemetry's HTTP conventions), continuing the caller's trace. Told
 * are the method, the route as it was declared and the status: never the address, since a path or a query may hold a
 * name, and never who asks. Probes are left out.
 */
export function traceRequests(app: Pick<FastifyInstance, 'addHook'>, telemetry: Telemetry): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.url.startsWith('/health')) return done();
    const span = begin(telemetry, request, reply);
    spans.set(request.raw, span);
    context.with(trace.setSpan(context.active(), span), done);
  });
  // Reading a body leaves the context in which it was begun.
  app.addHook('preValidation', (request, _, done) => {
    const span = spans.get(request.raw);
    if (span) context.with(trace.setSpan(context.active(), span), done);
    else done();
  });
}

/** What to send on with this request, so that whoever answers it continues its trace. */
export function traceparentFor(request: Pick<FastifyRequest, 'raw'>): string | undefined {
  const span = spans.get(request.raw)?.spanContext();
  return span && trace.isSpanContextValid(span) ? traceparentOf(span) : undefined;
}

/** Within one process the console may hand a request over as it came: then its span is the caller's. */
function parentOf({ raw, headers: { traceparent } }: FastifyRequest): SpanContext | null {
  const handedOver = spans.get(raw)?.spanContext();
  if (handedOver && trace.isSpanContextValid(handedOver)) return handedOver;
  return spanContextFrom(typeof traceparent === 'string' ? traceparent : undefined) ?? null;
}

function begin(telemetry: Telemetry, request: FastifyRequest, reply: FastifyReply): Span {
  const began = performance.now();
  const { method } = request;
  const route = request.routeOptions.url;
  const asked = { 'http.request.method': method, 'url.scheme': 'http', ...(route ? { 'http.route': route } : {}) };
  const span = telemetry.begin(route ? `${method} ${route}` : method, {
    kind: SpanKind.SERVER,
    parent: parentOf(request),
    attributes: asked,
  });
  // Comes also when the caller has gone before the answer.
  reply.raw.once('close', () => {
    const status = reply.raw.statusCode;
    span.setAttribute('http.response.status_code', status);
    if (status >= 500) fail(span, String(status));
    span.end();
    const outcome = { 'http.response.status_code': status, ...(status >= 500 ? { 'error.type': String(status) } : {}) };
    const labels = { 'tsunagu.service': telemetry.service, ...asked, ...outcome };
    telemetry.duration('http.server.request.duration', 'Time to answer a request.', secondsSince(began), labels);
  });
  return span;
}
