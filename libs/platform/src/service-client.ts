import { Inject, Injectable } from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import type { ServiceName } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import type { ServiceConfig } from './config';
import { uuidFrom } from './ids';
import { type Clock, CLOCK, CONFIG } from './injection';
import { NotFound, Unavailable } from './problems';
import { fail, Telemetry } from './telemetry/telemetry';
import { currentTraceparent } from './telemetry/trace-context';

const TIMEOUT_MS = 3_000;
const RENEW_BEFORE_MS = 30_000;

interface Sent {
  readonly method: string;
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Another service of ours refused the call; `code` and `status` are those of its problem. */
export class ServiceRefusal extends Error {
  constructor(
    readonly service: ServiceName,
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
    this.name = 'ServiceRefusal';
  }
}

/** Calls between services: client credentials, correlation, repeat-safe keys, and never fail open. */
@Injectable()
export class ServiceClient {
  private token: { readonly value: string; readonly expires: number } | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly telemetry: Telemetry,
  ) {}

  /**
   * @throws NotFound when the service answers 404; ServiceRefusal on another 4xx;
   *   Unavailable (`<service>-unavailable`) when it does not answer within 3 s or fails
   */
  async post<Answer>(service: ServiceName, path: string, body: object, context: CommandContext): Promise<Answer> {
    const text = JSON.stringify(body);
    const headers = { 'content-type': 'application/json', 'idempotency-key': uuidFrom(context.commandId, path, text) };
    const response = await this.send(service, path, { method: 'POST', body: text, headers }, context);
    return (await response.json()) as Answer;
  }

  /** @throws as `post` */
  async get<Answer>(service: ServiceName, path: string, context: CommandContext): Promise<Answer> {
    const response = await this.send(service, path, { method: 'GET', headers: {} }, context);
    return (await response.json()) as Answer;
  }

  /** Whether the address answers 2xx rather than 404. @throws as `post` otherwise */
  async exists(service: ServiceName, path: string, context: CommandContext): Promise<boolean> {
    try {
      await this.send(service, path, { method: 'GET', headers: {} }, context);
      return true;
    } catch (error) {
      if (error instanceof NotFound) return false;
      throw error;
    }
  }

  private async send(service: ServiceName, path: string, request: Sent, context: CommandContext): Promise<Response> {
    const response = await this.answer(service, path, request, context).catch(() => undefined);
    if (response?.ok) return response;
    if (response?.status === 404) throw new NotFound();
    if (!response || response.status >= 500 || response.status === 401) {
      throw new Unavailable(
        `${service}-unavailable`,
        `The ${service} service does not answer right now, so this was refused. Try again in a moment.`,
      );
    }
    const problem = (await response.json()) as { code?: string; detail?: string };
    throw new ServiceRefusal(
      service,
      response.status,
      problem.code ?? 'refused',
      problem.detail ?? 'The request was refused.',
    );
  }

  /** The path holds ids and is not told to the span. @throws Error when there is no answer */
  private answer(service: ServiceName, path: string, request: Sent, context: CommandContext): Promise<Response> {
    const base = this.config.services[service];
    const attributes = { 'http.request.method': request.method, 'server.address': service };
    return this.telemetry.inSpan(
      `${request.method} ${service}`,
      { kind: SpanKind.CLIENT, attributes },
      async (span) => {
        if (base === undefined) throw new Error(`the address of ${service} is not known`);
        const traceparent = currentTraceparent() ?? context.traceparent;
        const response = await fetch(base + path, {
          ...request,
          headers: {
            ...request.headers,
            authorization: `Bearer ${await this.bearer()}`,
            'x-correlation-id': context.correlationId,
            ...(traceparent ? { traceparent } : {}),
          },
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        span.setAttribute('http.response.status_code', response.status);
        if (response.status >= 500) fail(span, String(response.status));
        return response;
      },
    );
  }

  private async bearer(): Promise<string> {
    const now = this.clock.now().getTime();
    if (this.token && this.token.expires - RENEW_BEFORE_MS > now) return this.token.value;
    const { id, secret, tokenUrl } = this.config.client;
    const response = await fetch(tokenUrl, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: 'urn:tsunagu', scope: 'service' }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`the identity provider refused the client ${id} (${response.status})`);
    const answer = (await response.json()) as { access_token: string; expires_in: number };
    this.token = { value: answer.access_token, expires: now + answer.expires_in * 1000 };
    return this.token.value;
  }
}
