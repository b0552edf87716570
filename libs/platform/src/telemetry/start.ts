import { randomUUID } from 'node:crypto';

/** Longest that a stopping process waits for a collector. */
const FLUSH_MS = 3_000;
const EXPORT_INTERVAL_MS = 60_000;

const nothing = async (): Promise<void> => undefined;

/**
 * Sends traces and metrics over OTLP/HTTP when OTEL_EXPORTER_OTLP_ENDPOINT says where to; otherwise the SDK is not even
 * loaded. The other standard variables (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER,
 * OTEL_EXPORTER_OTLP_HEADERS, OTEL_METRIC_EXPORT_INTERVAL, …) hold as OpenTelemetry describes them. Once per process,
 * before any service starts.
 * @param service name of the process, unless OTEL_SERVICE_NAME gives another
 * @returns sends what is left, and stops
 */
export async function startTelemetry(service: string, environment = process.env): Promise<() => Promise<void>> {
  if (!environment['OTEL_EXPORTER_OTLP_ENDPOINT'] || environment['OTEL_SDK_DISABLED'] === 'true') return nothing;
  const [{ metrics }, traces, measures, { OTLPTraceExporter }, { OTLPMetricExporter }, resources] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const ours = { 'service.name': service, 'service.namespace': 'tsunagu', 'service.instance.id': randomUUID() };
  const resource = resources
    .resourceFromAttributes(ours)
    .merge(resources.detectResources({ detectors: [resources.envDetector] }));
  const spanProcessors = [new traces.BatchSpanProcessor(new OTLPTraceExporter())];
  const tracing = new traces.NodeTracerProvider({ resource, spanProcessors });
  tracing.register({ propagator: null });
  const exportIntervalMillis = Number(environment['OTEL_METRIC_EXPORT_INTERVAL']) || EXPORT_INTERVAL_MS;
  const exportTimeoutMillis = Math.min(exportIntervalMillis, 30_000);
  const exporting = { exporter: new OTLPMetricExporter(), exportIntervalMillis, exportTimeoutMillis };
  const reader = new measures.PeriodicExportingMetricReader(exporting);
  const measuring = new measures.MeterProvider({ resource, readers: [reader] });
  metrics.setGlobalMeterProvider(measuring);
  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, FLUSH_MS)));
    const flushed = Promise.allSettled([tracing.shutdown(), measuring.shutdown()]);
    await Promise.race([flushed, enough]).finally(() => clearTimeout(timer));
  };
}
