import {
  type Attributes,
  context,
  type Counter,
  type Histogram,
  type Link,
  metrics,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { reasonOf } from '@tsunagu/event-bus';

export interface SpanOptions {
  readonly kind?: SpanKind;
  /** Codes and counts only: no id of a person, no path, no text. */
  readonly attributes?: Attributes;
  /** Continue this trace; absent, the span that is open here is the parent; `null`, a new trace begins. */
  readonly parent?: SpanContext | null | undefined;
  readonly links?: readonly Link[];
}

/** What a gauge shows at one moment, per set of attributes. */
export interface Reading {
  readonly value: number;
  readonly attributes: Attributes;
}

const SCOPE = 'tsunagu';
/** Seconds; OpenTelemetry's advice for HTTP, with two finer steps below. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/**
 * Traces and metrics of one service, over OpenTelemetry's API alone: without an SDK (`startTelemetry`) all of it does
 * nothing. What a span or a metric says is limited to codes, counts and durations here, since an error's message or an
 * address may hold what a person wrote.
 */
export class Telemetry {
  private readonly tracer = trace.getTracer(SCOPE);
  private readonly meter = metrics.getMeter(SCOPE);
  private readonly histograms = new Map<string, Histogram>();
  private readonly counters = new Map<string, Counter>();

  constructor(readonly service: string) {}

  /** Runs `work` in a span that ends with it; what it throws is named in the span by its code or class. */
  async inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
    const span = this.begin(name, options);
    try {
      return await context.with(trace.setSpan(context.active(), span), () => work(span));
    } catch (error) {
      fail(span, reasonOf(error));
      throw error;
    } finally {
      span.end();
    }
  }

  /** A span that the caller ends. */
  begin(name: string, { kind = SpanKind.INTERNAL, attributes = {}, parent, links = [] }: SpanOptions): Span {
    const under =
      parent === undefined ? context.active() : parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
    const spoken = { 'tsunagu.service': this.service, ...attributes };
    return this.tracer.startSpan(name, { kind, attributes: spoken, links: [...links] }, under);
  }

  /** @param seconds how long it took */
  duration(name: string, description: string, seconds: number, attributes: Attributes): void {
    let histogram = this.histograms.get(name);
    if (!histogram) {
      const advice = { explicitBucketBoundaries: SECONDS };
      histogram = this.meter.createHistogram(name, { description, unit: 's', advice });
      this.histograms.set(name, histogram);
    }
    histogram.record(seconds, attributes);
  }

  /** Measures `work`. What fails has the outcome `failed`. */
  async timed<T>(
    name: string,
    description: string,
    outcomeOf: (answer: T) => Attributes,
    work: () => Promise<T>,
  ): Promise<T> {
    const began = performance.now();
    let outcome: Attributes = { outcome: 'failed' };
    try {
      const answer = await work();
      outcome = outcomeOf(answer);
      return answer;
    } finally {
      this.duration(name, description, secondsSince(began), { 'tsunagu.service': this.service, ...outcome });
    }
  }

  count(name: string, description: string, attributes: Attributes = {}): void {
    const counter = this.counters.get(name) ?? this.meter.createCounter(name, { description });
    this.counters.set(name, counter);
    counter.add(1, { 'tsunagu.service': this.service, ...attributes });
  }

  /**
   * A value that is read when metrics are sent, and at no other time. One that cannot be read, or not within 3 s, is left
   * out: what is silent must not keep the others from being sent.
   * @returns ends it
   */
  gauge(name: string, description: string, unit: string, read: () => Promise<readonly Reading[]>): () => void {
    const gauge = this.meter.createObservableGauge(name, { description, unit });
    const callback: Parameters<typeof gauge.addCallback>[0] = async (result) => {
      const readings = await inTime(read().catch(() => []));
      for (const { value, attributes } of readings) {
        result.observe(value, { 'tsunagu.service': this.service, ...attributes });
      }
    };
    gauge.addCallback(callback);
    return () => gauge.removeCallback(callback);
  }
}

const READ_MS = 3_000;

async function inTime(reading: Promise<readonly Reading[]>): Promise<readonly Reading[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Reading[]>((resolve) => (timer = setTimeout(() => resolve([]), READ_MS)));
  return Promise.race([reading, late]).finally(() => clearTimeout(timer));
}

/** @param reason a code or class, never a message */
export function fail(span: Span, reason: string): void {
  span.setAttribute('error.type', reason);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Seconds since `began`, a value of `performance.now()`. */
export const secondsSince = (began: number): number => (performance.now() - began) / 1_000;
