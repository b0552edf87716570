import { createHmac, randomUUID } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type CommandContext, Rejection } from '@tsunagu/event-sourcing';
import type { FastifyRequest } from 'fastify';
import { ACCESS_RULE, type AccessRule, ANONYMOUS, type Asker, type IdentifiedRequest, permits } from './access';
import type { ServiceConfig } from './config';
import { uuidFrom } from './ids';
import { NotFound, Unauthenticated } from './problems';
import { type Clock, CLOCK, CONFIG } from './injection';
import { Tokens } from './tokens';

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The one place where a request is identified, let in or not, and given its command context. */
@Injectable()
export class RequestGuard implements CanActivate {
  private readonly fingerprintKey: Buffer;

  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: Tokens,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) config: ServiceConfig,
  ) {
    this.fingerprintKey = Buffer.from(config.secrets.fingerprintKey, 'base64');
  }

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.get<AccessRule | undefined>(ACCESS_RULE, execution.getHandler());
    if (!rule) throw new NotFound();
    const request = execution.switchToHttp().getRequest<IdentifiedRequest>();
    request.asker = await this.identify(request, rule);
    if (!permits(rule, request.asker)) throw new NotFound();
    request.commandContext = this.contextOf(request, request.asker);
    return true;
  }

  private async identify(request: FastifyRequest, rule: AccessRule): Promise<Asker> {
    const header = request.headers.authorization;
    if (header === undefined && rule.kind === 'public') return ANONYMOUS;
    if (!header?.startsWith('Bearer ')) throw new Unauthenticated();
    return this.tokens.askerOf(header.slice('Bearer '.length).trim());
  }

  private contextOf(request: FastifyRequest, asker: Asker): CommandContext {
    const key = single(request, 'idempotency-key');
    if (key !== undefined && (key.length === 0 || key.length > 200)) {
      throw new Rejection(
        'invalid-idempotency-key',
        'Send an Idempotency-Key of 1 to 200 characters, such as a UUID.',
        'Idempotency-Key',
      );
    }
    const path = request.url.split('?')[0] ?? '';
    // A read is decided and logged each time: only commands can be repeats.
    const commandId =
      key === undefined || request.method === 'GET' ? randomUUID() : uuidFrom(asker.user, request.method, path, key);
    const correlation = single(request, 'x-correlation-id');
    const traceparent = single(request, 'traceparent');
    const expectedRevision = ifMatch(single(request, 'if-match'));
    return {
      commandId,
      fingerprint: createHmac('sha256', this.fingerprintKey)
        .update(JSON.stringify(request.body ?? null))
        .digest('base64url'),
      eventId: (n) => uuidFrom(commandId, 'event', String(n)),
      actor: {
        user: asker.user,
        role: asker.roles[0] ?? 'anonymous',
        ...(asker.agency ? { agency: asker.agency } : {}),
      },
      correlationId: correlation && UUID.test(correlation) ? correlation : commandId,
      causationId: commandId,
      occurredAt: this.clock.now().toISOString(),
      ...(traceparent && TRACEPARENT.test(traceparent) ? { traceparent } : {}),
      ...(expectedRevision === undefined ? {} : { expectedRevision }),
    };
  }
}

function single(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** `If-Match: "<revision>"` (RFC 9110 section 13.1.1). */
function ifMatch(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const revision = /^"?(\d{1,9})"?$/.exec(header)?.[1];
  if (revision === undefined)
    throw new Rejection('invalid-if-match', 'Send If-Match with the revision you read, such as "3".', 'If-Match');
  return Number(revision);
}
