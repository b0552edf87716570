import { context, metrics, trace } from '@opentelemetry/api';
import { type DataPoint, type Histogram, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

export interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number | Histogram;
}

export interface RecordedTelemetry {
  /** Every span that has ended, in the order they ended. */
  spans(): readonly ReadableSpan[];
  /** What every metric says now. */
  metrics(): Promise<readonly Measured[]>;
  forget(): void;
  close(): Promise<void>;
}

/** The SDK with everything kept in memory. Before the services start: they take their instruments then. */
export function recordTelemetry(): RecordedTelemetry {
  const exporter = new InMemorySpanExporter();
  const tracing = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  tracing.register({ propagator: null });
  const reader = new OnDemand();
  const measuring = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(measuring);
  return {
    spans: () => exporter.getFinishedSpans(),
    metrics: async () => {
      const { resourceMetrics } = await reader.collect();
      return resourceMetrics.scopeMetrics.flatMap((scope) =>
        scope.metrics.flatMap(({ descriptor: { name, unit }, dataPoints }) =>
          (dataPoints as DataPoint<number | Histogram>[]).map(({ attributes, value }) => ({
            ...{ name, unit, attributes, value },
          })),
        ),
      );
    },
    forget: () => exporter.reset(),
    close: async () => {
      await Promise.all([tracing.shutdown(), measuring.shutdown()]);
      trace.disable();
      metrics.disable();
      context.disable();
    },
  };
}

class OnDemand extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}
