import type { CommandBus } from '@nestjs/cqrs';
import { reasonOf } from '@tsunagu/event-bus';
import { Rejection } from '@tsunagu/event-sourcing';
import { NotFound, Refused } from '../problems';
import { ServiceRefusal } from '../service-client';
import { fail, secondsSince, type Telemetry } from './telemetry';
import { currentSpanContext, spanContextFrom } from './trace-context';

type Outcome = 'accepted' | 'repeated' | 'rejected' | 'failed';

interface Judged {
  readonly outcome: Outcome;
  /** Of a rejection or a failure; `none` otherwise. */
  readonly code: string;
}

/** Every command passes through the one bus, so its span and its duration stand here once (ARCHITECTURE.md). */
export function traceCommands(bus: CommandBus, telemetry: Telemetry): void {
  const execute = bus.execute.bind(bus) as (envelope: object) => Promise<unknown>;
  const traced = (envelope: object): Promise<unknown> => handleIn(telemetry, envelope, () => execute(envelope));
  Object.assign(bus, { execute: traced });
}

async function handleIn(telemetry: Telemetry, envelope: object, work: () => Promise<unknown>): Promise<unknown> {
  const command = nameOf(envelope);
  const began = performance.now();
  const parent = currentSpanContext() ? undefined : spanContextFrom(traceparentIn(envelope));
  const attributes = { 'tsunagu.command': command };
  const options = { ...(parent ? { parent } : {}), attributes };
  const ended = await telemetry.inSpan(`handle ${command}`, options, async (span) => {
    const ended = await settled(work);
    const { outcome, code } = judgementOf(ended);
    span.setAttributes({ 'tsunagu.outcome': outcome, 'tsunagu.code': code });
    if (outcome === 'failed') fail(span, code);
    const labels = { 'tsunagu.service': telemetry.service, ...attributes, outcome, code };
    telemetry.duration('tsunagu.command.duration', 'Time to handle a command.', secondsSince(began), labels);
    return ended;
  });
  if ('error' in ended) throw ended.error;
  return ended.answer;
}

type Ended = { readonly answer: unknown } | { readonly error: unknown };

/** A rejection is an answer too: the span that it passes through has not failed. */
async function settled(work: () => Promise<unknown>): Promise<Ended> {
  try {
    return { answer: await work() };
  } catch (error) {
    return { error };
  }
}

const CODE = /^[A-Za-z0-9_.-]{1,60}$/;
const codeOr = (code: string, other: string): string => (CODE.test(code) ? code : other);

function judgementOf(ended: Ended): Judged {
  if ('answer' in ended) return { outcome: isRepeat(ended.answer) ? 'repeated' : 'accepted', code: 'none' };
  const { error } = ended;
  if (error instanceof NotFound) return { outcome: 'rejected', code: 'not-found' };
  if (error instanceof Rejection || error instanceof Refused || error instanceof ServiceRefusal) {
    return { outcome: 'rejected', code: codeOr(error.code, 'other') };
  }
  return { outcome: 'failed', code: reasonOf(error) };
}

const isRepeat = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'repeated' in answer && answer.repeated === true;

/** `Referral.SendReferral`: the envelope's aggregate, and the kind of what is asked of it. */
function nameOf(envelope: object): string {
  const aggregate = envelope.constructor.name.replace(/^Handle/, '');
  const fields = envelope as Readonly<Record<string, unknown>>;
  const asked = fields['command'] ?? fields['order'] ?? fields['intent'];
  const kind = field(asked, 'type') ?? field(asked, 'kind');
  return kind === undefined ? aggregate : `${aggregate}.${codeOr(kind, 'other')}`;
}

const traceparentIn = (envelope: object): string | undefined =>
  'context' in envelope ? field(envelope.context, 'traceparent') : undefined;

function field(of: unknown, name: string): string | undefined {
  const value = typeof of === 'object' && of !== null ? (of as Readonly<Record<string, unknown>>)[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
