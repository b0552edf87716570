import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { context, metrics, trace } from '@opentelemetry/api';
import { startTelemetry } from './start';
import { Telemetry } from './telemetry';

let collector: Server;
const received = new Map<string, string>();

beforeEach(async () => {
  received.clear();
  collector = createServer((request, response) => {
    void json(request).then((body) => {
      received.set(request.url ?? '', JSON.stringify(body));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  trace.disable();
  metrics.disable();
  context.disable();
  collector.closeAllConnections();
  await new Promise((resolve) => collector.close(resolve));
});

async function work(): Promise<boolean> {
  const telemetry = new Telemetry('intake');
  telemetry.count('tsunagu.append.conflicts', 'for the spec');
  return telemetry.inSpan('handle Consultation.OpenConsultation', {}, async (span) => span.isRecording());
}

describe('telemetry is sent over OTLP', () => {
  it('where the standard variable says, under the name of the service, and the last of it when stopping', async () => {
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    const stop = await startTelemetry('intake');
    expect(await work()).toBe(true);
    await stop();
    expect([...received.keys()].sort()).toEqual(['/v1/metrics', '/v1/traces']);
    expect(received.get('/v1/traces')).toContain('handle Consultation.OpenConsultation');
    expect(received.get('/v1/metrics')).toContain('tsunagu.append.conflicts');
    for (const body of received.values()) {
      expect(body).toContain('{"key":"service.name","value":{"stringValue":"intake"}}');
      expect(body).toContain('{"key":"service.namespace","value":{"stringValue":"tsunagu"}}');
    }
  });

  it('and not at all without it', async () => {
    const stop = await startTelemetry('intake');
    expect(await work()).toBe(false);
    await stop();
    expect(received.size).toBe(0);
  });
});
