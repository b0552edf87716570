import { runInNewContext } from 'node:vm';
import { webcrypto } from 'node:crypto';
import { consent } from '@tsunagu/consent';
import { consoleConfig, type RunningConsole, startConsole } from '@tsunagu/console';
import { intake } from '@tsunagu/intake';
import { referral } from '@tsunagu/referral';
import {
  type Answer,
  type Caller,
  eventually,
  freshTopics,
  kafkaIsOffered,
  type RecordedTelemetry,
  recordTelemetry,
  startServices,
  type TestServices,
} from '@tsunagu/testing';

const NPO = 'hidamari-npo';
const CONSENT_EVENTS = 'tsunagu.consent.events';

let telemetry: RecordedTelemetry;
let services: TestServices;
let front: RunningConsole;

/** SpanKind of OpenTelemetry's API. */
const [INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER] = [0, 1, 2, 3, 4];

type Span = ReturnType<RecordedTelemetry['spans']>[number];

const said = (span: Span, attribute: string): unknown => span.attributes[attribute];
const idOf = (span: Span): string => span.spanContext().spanId;

const expectOk = ({ status, body }: Answer): Answer['body'] => {
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
};
const post = async (service: 'intake' | 'consent' | 'referral', path: string, as: Caller, body: object = {}) =>
  expectOk(await services.call(service, path, { as, method: 'POST', body }));

async function startFront(): Promise<RunningConsole> {
  const urls = Object.fromEntries([...services.running].map(([name, { url }]) => [name, url]));
  const [others = ''] = Object.values(urls);
  const identity = { issuer: others, internalUrl: others, clientId: 'console', clientSecret: 's' };
  const names = ['intake', 'consent', 'referral', 'follow-up', 'analytics', 'journey'];
  const all = Object.fromEntries(names.map((name) => [name, urls[name] ?? others]));
  const sessionKeys = [Buffer.alloc(32, 3).toString('base64')];
  const publicUrl = 'http://localhost:8080';
  return startConsole(consoleConfig.parse({ port: 0, publicUrl, identity, services: all, sessionKeys }));
}

/** A live referral that rests on this person's consent. */
async function referred(): Promise<{ personId: string; referralId: string }> {
  const texts = [{ language: 'ja', title: '情報の共有について', body: 'お話の一部をほかの機関に伝えます。' }];
  const { version } = await post('consent', '/notices', 'minato', { noticeId: 'sharing', texts });
  const talk = { channel: 'phone', language: 'ja', message: '話し相手がほしい' };
  const { id, personId } = await post('intake', '/consultations', 'aoi', talk);
  await post('intake', `/consultations/${id}/needs`, 'aoi', { need: 'isolation', urgency: 'soon' });
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const terms = { effect: 'permit', purposes: ['referral'], categories: ['needs'], recipients: [{ agency: NPO }] };
  const given = { ...terms, actions: ['disclose', 'read'], form: 'digital', until };
  const notice = { id: 'sharing', version, language: 'ja' };
  await post('consent', `/persons/${personId}/grants`, { person: personId }, { ...given, notice });
  const drafted = { personId, need: 'isolation', categories: ['needs'], toAgency: NPO };
  const { id: referralId } = await post('referral', '/referrals', 'aoi', drafted);
  await post('referral', `/referrals/${referralId}/sending`, 'aoi');
  await services.settle();
  return { personId, referralId };
}

/** What the explorer's own script puts on a request before it leaves the browser. */
async function tracedByTheBrowser(): Promise<{ traceparent: string }> {
  const script = await (await fetch(`${front.url}/explorer/start.js`)).text();
  const page = {
    crypto: webcrypto,
    SwaggerUIStandalonePreset: {},
    SwaggerUIBundle: Object.assign(() => ({}), { presets: {} }),
  };
  const traced: unknown = runInNewContext(`${script}; traced({ headers: {} }).headers`, page);
  return traced as { traceparent: string };
}

async function withdrawInTheBrowser(personId: string): Promise<string> {
  const { traceparent } = await tracedByTheBrowser();
  const response = await fetch(`${front.url}/api/consent/persons/${personId}/withdrawals`, {
    method: 'POST',
    headers: {
      traceparent,
      authorization: `Bearer ${await services.issuer.personToken(personId)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ grantIds: 'all' }),
  });
  expect(response.status).toBeLessThan(300);
  return traceparent;
}

/** The one span of the trace that is as told. */
function only(spans: readonly Span[], service: string, name: string, under?: string): Span {
  const found = spans.filter(
    (span) =>
      said(span, 'tsunagu.service') === service &&
      span.name === name &&
      (under === undefined || span.parentSpanContext?.spanId === under),
  );
  const [span, ...others] = found;
  if (!span || others.length > 0) {
    const all = spans.map(
      (one) => `${idOf(one)} < ${one.parentSpanContext?.spanId} ${String(said(one, 'tsunagu.service'))} ${one.name}`,
    );
    throw new Error(`${found.length} spans ${service}: ${name} under ${under}, of\n${all.join('\n')}`);
  }
  return span;
}

const buses = [
  { bus: 'postgresql', open: async () => ({}) },
  ...(kafkaIsOffered() ? [{ bus: 'kafka', open: async () => ({ kafka: await freshTopics() }) }] : []),
];

describe.each(buses)('one trace follows what a person does, over $bus', ({ bus, open }) => {
  jest.setTimeout(120_000);
  let traceparent: string;
  let personId: string;
  let trace: readonly Span[];

  beforeAll(async () => {
    telemetry = recordTelemetry();
    services = await startServices([intake, consent, referral], await open());
    front = await startFront();
    const { personId: who, referralId } = await referred();
    personId = who;
    traceparent = await withdrawInTheBrowser(personId);
    await services.settle();
    const { body } = await services.call('referral', `/referrals/${referralId}`, { as: 'aoi' });
    expect(body.status).toBe('cancelled');
    const [, traceId] = traceparent.split('-');
    trace = await eventually(async () => {
      const spans = telemetry.spans().filter((span) => span.spanContext().traceId === traceId);
      expect(spans.map(({ name }) => name)).toContain('append referral');
      return spans;
    });
  }, 120_000);

  afterAll(async () => {
    await front.close();
    await services.close();
    await telemetry.close();
  });

  it('from the browser through the console to the command and its append', () => {
    const [, , browser] = traceparent.split('-');
    const atTheDoor = only(trace, 'console', 'POST /api/consent/*', browser);
    expect(atTheDoor.kind).toBe(SERVER);
    const request = only(trace, 'consent', 'POST /persons/:id/withdrawals', idOf(atTheDoor));
    expect(request.kind).toBe(SERVER);
    expect(request.attributes).toMatchObject({
      'http.route': '/persons/:id/withdrawals',
      'http.request.method': 'POST',
      'http.response.status_code': 201,
    });
    const command = only(trace, 'consent', 'handle Consent.WithdrawConsent', idOf(request));
    expect(command.kind).toBe(INTERNAL);
    expect(command.attributes).toMatchObject({ 'tsunagu.outcome': 'accepted', 'tsunagu.code': 'none' });
    const append = only(trace, 'consent', 'append consent', idOf(command));
    expect(append.kind).toBe(CLIENT);
    expect(said(append, 'tsunagu.event_types')).toEqual(['ConsentWithdrawn']);
  });

  it('over the bus to the next service, its command and its append', () => {
    const command = only(trace, 'consent', 'handle Consent.WithdrawConsent');
    const sent = only(trace, 'consent', `send ${CONSENT_EVENTS}`, idOf(command));
    expect(sent.kind).toBe(PRODUCER);
    expect(sent.attributes).toMatchObject({ 'messaging.system': bus, 'messaging.destination.name': CONSENT_EVENTS });
    const received = trace.filter(
      (span) =>
        said(span, 'messaging.consumer.group.name') === 'referral-withdrawal' &&
        idOf(sent) === span.parentSpanContext?.spanId,
    );
    expect(received.map(({ name, kind }) => [name, kind])).toEqual([[`process ${CONSENT_EVENTS}`, CONSUMER]]);
    const [consumed] = received;
    const next = only(trace, 'referral', 'handle Referral.EndForWithdrawal', consumed && idOf(consumed));
    const append = only(trace, 'referral', 'append referral', idOf(next));
    expect(append.kind).toBe(CLIENT);
    expect(said(append, 'tsunagu.event_types')).toContain('ReferralCancelled');
  });

  it('and the read models, whose batches are linked to the commands that they show', () => {
    const command = only(trace, 'consent', 'handle Consent.WithdrawConsent');
    const batches = telemetry
      .spans()
      .filter(({ name, attributes }) => name.startsWith('project ') && attributes['tsunagu.service'] === 'consent');
    const linked = batches.filter(({ links }) => links.some(({ context }) => context.spanId === idOf(command)));
    expect(linked.length).toBeGreaterThan(0);
    for (const batch of linked) {
      expect(batch.kind).toBe(INTERNAL);
      expect(batch.parentSpanContext).toBeUndefined();
      expect(batch.spanContext().traceId).not.toBe(command.spanContext().traceId);
    }
  });

  it('and a call between services is seen from both ends', () => {
    const sending = only(telemetry.spans(), 'referral', 'handle Referral.SendReferral');
    const asked = only(telemetry.spans(), 'referral', 'POST consent', idOf(sending));
    expect(asked.kind).toBe(CLIENT);
    const answered = only(telemetry.spans(), 'consent', 'POST /authorisations', idOf(asked));
    expect(answered.kind).toBe(SERVER);
    only(telemetry.spans(), 'consent', 'handle Consent.AuthoriseDisclosure', idOf(answered));
  });

  it('and which says nothing of whom it is about', () => {
    expect(
      JSON.stringify(telemetry.spans().map(({ name, attributes, events }) => [name, attributes, events])),
    ).not.toContain(personId);
  });
});
