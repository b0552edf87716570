import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { isOutage } from '@tsunagu/event-bus';
import { Rejection, RevisionConflict } from '@tsunagu/event-sourcing';
import type { FastifyReply } from 'fastify';
import { ZodValidationException } from 'nestjs-zod';
import type { ZodError } from 'zod';
import { NotFound, type Problem, problem, Refused, Unauthenticated, Unavailable } from './problems';

/** Media type of RFC 9457. */
export const PROBLEM_JSON = 'application/problem+json; charset=utf-8';

/** Every error becomes problem+json here, and nowhere else. What is not known becomes a 500 without a word of its content. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('problem');

  catch(error: unknown, host: ArgumentsHost): void {
    const answer = problemOf(error);
    if (answer.status >= 500) this.logger.error({ code: answer.code, error: errorClass(error), stack: stackOf(error) });
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (answer.status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply.status(answer.status).header('content-type', PROBLEM_JSON).send(answer);
  }
}

export function problemOf(error: unknown): Problem {
  if (error instanceof NotFound) return problem(404, 'not-found', 'Not found', error.message);
  if (error instanceof Unauthenticated) return problem(401, 'unauthenticated', 'Sign in first', error.message);
  if (error instanceof Refused) return problem(403, error.code, 'Refused', error.message, error.details);
  if (error instanceof Unavailable) return problem(503, error.code, 'Try again shortly', error.message);
  if (error instanceof Rejection) return rejected(error);
  if (error instanceof RevisionConflict) {
    return problem(
      409,
      'busy',
      'Somebody else was writing',
      'Others kept changing this record at the same moment. Try again.',
    );
  }
  if (error instanceof ZodValidationException) return invalid(error.getZodError() as ZodError);
  if (isOutage(error)) return problem(503, 'unavailable', 'Try again shortly', OUTAGE);
  if (error instanceof HttpException) return fromHttp(error.getStatus(), error.message);
  return (
    fromFastify(error) ??
    problem(
      500,
      'internal',
      'Our fault',
      'Something went wrong on our side. Nothing was recorded unless you were told so; try again.',
    )
  );
}

const OUTAGE =
  'Something that this needs does not answer at the moment. Send the same again shortly, with the same Idempotency-Key: nothing will happen twice.';

/** A rejection says that the state does not allow it, but for these. */
const REJECTION_STATUS: { readonly [code: string]: number } = {
  'revision-mismatch': 412,
  'idempotency-key-reused': 422,
  'invalid-idempotency-key': 400,
  'invalid-if-match': 400,
};
const CONFLICT = 409;

function rejected(error: Rejection): Problem {
  const status = REJECTION_STATUS[error.code] ?? CONFLICT;
  return problem(status, error.code, 'Not possible now', error.message, error.field ? { field: error.field } : {});
}

function invalid(error: ZodError): Problem {
  const errors = error.issues.map((issue) => ({
    field: issue.path.join('.') || ('keys' in issue ? issue.keys.join(', ') : 'body'),
    code: issue.code.replaceAll('_', '-'),
    message: issue.message,
  }));
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return problem(400, 'invalid-request', 'The request is not as the contract says', detail, {
    field: errors[0]?.field,
    errors,
  });
}

const HTTP_CODES: { readonly [status: number]: readonly [code: string, title: string] } = {
  400: ['malformed-request', 'The request could not be read'],
  404: ['not-found', 'Not found'],
  405: ['method-not-allowed', 'Method not allowed'],
  413: ['body-too-large', 'The request is too large'],
  414: ['address-too-long', 'The address is too long'],
  415: ['unsupported-media-type', 'Send application/json'],
};

function fromHttp(status: number, message: string): Problem {
  if (status === 404) return problemOf(new NotFound());
  const [code, title] = HTTP_CODES[status] ?? ['http-error', 'Request refused'];
  return problem(status, code, title, message);
}

/** Fastify's own refusals (body parser, size, media type) carry a status and a code; the message may quote the body, so ours replaces it. */
function fromFastify(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined;
  if (error.statusCode < 400 || error.statusCode >= 500) return undefined;
  const details: { readonly [status: number]: string } = {
    400: 'The body is not valid JSON, or its length is not as announced. Send one JSON object as UTF-8.',
    413: 'The body is larger than this address takes. Send less, or split it.',
    415: 'Send the body as application/json.',
  };
  return fromHttp(error.statusCode, details[error.statusCode] ?? 'The request could not be handled as sent.');
}

const errorClass = (error: unknown): string => (error instanceof Error ? error.constructor.name : typeof error);

const FRAME = /^ {4}at .*:\d+:\d+\)?$/;

/** Where it happened, without the message, however many lines that has: it may quote what a person wrote. */
function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.stack === undefined) return undefined;
  const message = error.stack.indexOf(error.message);
  if (message < 0) return undefined;
  const frames = error.stack
    .slice(message + error.message.length)
    .split('\n')
    .filter((line) => FRAME.test(line));
  return frames.slice(0, 8).join('\n');
}
