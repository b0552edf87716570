import { Controller, Get, Logger, Module } from '@nestjs/common';
import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { analytics } from '@tsunagu/analytics';
import { consent } from '@tsunagu/consent';
import { intakeEvents } from '@tsunagu/contracts';
import { followUp } from '@tsunagu/follow-up';
import { intake } from '@tsunagu/intake';
import { journey } from '@tsunagu/journey';
import { type WritingConsumer, Public, type ServiceDefinition, Telemetry } from '@tsunagu/platform';
import { referral } from '@tsunagu/referral';
import {
  type Answer,
  type Call,
  type Caller,
  type RecordedTelemetry,
  recordTelemetry,
  startServices,
  type TestServices,
} from '@tsunagu/testing';
import { Client } from 'pg';

const NPO = 'hidamari-npo';
/** What people write about themselves and each other; none of it may come out where operators look. */
const WORDS = {
  name: '金糸雀 カナリア',
  kana: 'キンシジャク カナリア',
  address: '香川県つむぎ市金糸雀町1-2-3',
  phone: '087-555-0199',
  message: '夜になると金糸雀の声が聞こえる',
  note: 'canary-note 金糸雀のメモ',
  path: 'canary-in-a-path',
  query: 'canary-in-a-query',
  header: 'canary-in-a-header',
  field: 'canaryInAField',
  code: 'canary-as-a-code',
  error: 'canary in an error',
  poison: 'canary in a poisoned message',
};

class Fail {}

/** Fails with words that somebody wrote, as a driver's or a parser's error may; with lines that look like a stack's. */
class Quoting extends Error {
  constructor() {
    super(`${WORDS.error}: ${WORDS.message}\n    at ${WORDS.name} (${WORDS.address}:1:2)\n    at ${WORDS.note}`);
  }
}

@CommandHandler(Fail)
class FailHandler implements ICommandHandler<Fail> {
  async execute(): Promise<never> {
    throw new Quoting();
  }
}

@Controller('failing')
class FailingController {
  constructor(private readonly commands: CommandBus) {}

  @Get(':word')
  @Public()
  async fail(): Promise<void> {
    await this.commands.execute(new Fail());
  }
}

@Module({ controllers: [FailingController], providers: [FailHandler] })
class FailingModule {}

class FailingConsumer implements WritingConsumer {
  readonly group = 'journey-canary';
  readonly events = [intakeEvents.ConsultationOpened];
  async handle(): Promise<never> {
    throw new Quoting();
  }
}

const watched: readonly ServiceDefinition[] = [
  { ...intake, modules: [...intake.modules, FailingModule] },
  consent,
  referral,
  followUp,
  { ...journey, consumers: [...(journey.consumers ?? []), FailingConsumer] },
  analytics,
];

let telemetry: RecordedTelemetry;
let services: TestServices;
let person: { personId: string; claimCode: string; token: string };
type Row = Readonly<Record<string, unknown>>;
let letters: readonly Row[];
const lines: string[] = [];

type Name = Parameters<TestServices['call']>[0];
const call = (service: Name, path: string, request: Call = {}): Promise<Answer> =>
  services.call(service, path, request);
async function post(service: Name, path: string, as: Caller | undefined, body: object = {}): Promise<Answer['body']> {
  const answer = await call(service, path, { ...(as ? { as } : {}), method: 'POST', body });
  if (answer.status >= 300) throw new Error(`${service} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

beforeAll(async () => {
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  telemetry = recordTelemetry();
  const retry = { attempts: 3, firstDelayMs: 1, maxDelayMs: 1 };
  services = await startServices(watched, { config: { logLevel: 'debug', retry } });
  await poison();
  person = await helped();
  await refusals(person.personId);
  await services.settle();
  letters = await onTheBus('SELECT * FROM bus.dead_letters');
}, 120_000);

afterAll(async () => {
  await services.close();
  await telemetry.close();
  jest.restoreAllMocks();
});

/** Something on the bus that no service of ours would send. */
async function poison(): Promise<void> {
  await onTheBus(
    `INSERT INTO bus.messages (topic, partition, event) VALUES ($1, 0, $2)`,
    intakeEvents.ConsultationOpened.topic,
    JSON.stringify({ type: WORDS.poison, data: { message: WORDS.poison } }),
  );
}

async function onTheBus(sql: string, ...values: readonly unknown[]): Promise<readonly Row[]> {
  const client = new Client({ connectionString: services.databases.bus });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** From an anonymous word to a plan, with something personal wherever the contract has room for it. */
async function helped(): Promise<{ personId: string; claimCode: string; token: string }> {
  const { note, message, name, kana, address, phone } = WORDS;
  const opened = await post('intake', '/consultations', undefined, { channel: 'web', language: 'ja', message });
  const { id, personId, claimCode } = opened;
  const { token } = await post('intake', '/claims', undefined, { claimCode });
  await post('intake', `/consultations/${id}/take`, 'aoi');
  await post('intake', `/consultations/${id}/messages`, 'aoi', { message });
  await post('intake', `/persons/${personId}/identity`, 'aoi', { name, kana, address, phone });
  await post('intake', `/consultations/${id}/needs`, 'aoi', { need: 'isolation', urgency: 'soon', note });
  const texts = [{ language: 'ja', title: '情報の共有について', body: 'お話の一部をほかの機関に伝えます。' }];
  const { version } = await post('consent', '/notices', 'minato', { noticeId: 'sharing', texts });
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const terms = { effect: 'permit', purposes: ['referral'], categories: ['identity', 'needs'], until };
  const given = { ...terms, recipients: [{ agency: NPO }], actions: ['disclose', 'read'], form: 'verbal' };
  const notice = { id: 'sharing', version, language: 'ja' };
  const grants = `/persons/${personId}/grants`;
  await post('consent', grants, 'aoi', { ...given, notice, witness: { name } });
  const drafted = { personId, need: 'isolation', categories: ['identity', 'needs'], toAgency: NPO, note };
  const { id: referralId } = await post('referral', '/referrals', 'aoi', drafted);
  await post('referral', `/referrals/${referralId}/sending`, 'aoi');
  await post('referral', `/referrals/${referralId}/information-requests`, 'yui', { question: message });
  await post('referral', `/referrals/${referralId}/information`, 'aoi', { answer: note });
  await call('referral', `/referrals/${referralId}/disclosure`, { as: 'yui' });
  await post('referral', `/referrals/${referralId}/acceptance`, 'yui');
  const nextContact = { on: new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10), mode: 'phone' };
  const plan = { personId, goals: [message], roles: [note], nextContact };
  const { id: planId } = await post('follow-up', '/plans', 'aoi', plan);
  await post('follow-up', `/plans/${planId}/attempts`, 'aoi', { mode: 'phone', result: 'reached', note, nextContact });
  await post('follow-up', `/plans/${planId}/reassessments`, 'aoi', { summary: message, nextContact });
  const emergency = {
    harm: 'grave-illness',
    description: message,
    categories: ['health'],
    hours: 1,
    supervisor: 'itsuki',
  };
  await post('consent', `/persons/${personId}/emergency-accesses`, 'nagi', emergency);
  return { personId, claimCode, token };
}

/** The same words where they do not belong. */
async function refusals(personId: string): Promise<void> {
  const { message, path, query, header, field, code, name } = WORDS;
  const said = { channel: 'web', language: 'ja', message };
  const bent = { 'content-type': 'application/json' };
  const headers = { traceparent: header, tracestate: `t=${header}`, baggage: `name=${header}`, 'user-agent': header };
  const keys = { 'idempotency-key': header, 'x-correlation-id': header, 'if-match': header };
  const asked: readonly (readonly [Name, string, Call])[] = [
    ['intake', '/consultations', { body: { ...said, channel: code } }],
    ['intake', '/consultations', { body: { ...said, [field]: message } }],
    ['intake', '/consultations', { body: `{"channel":"web","message":"${message}`, headers: bent }],
    ['intake', '/consultations', { body: said, headers: { ...headers, 'if-match': header } }],
    ['intake', '/consultations', { body: said, headers: { ...headers, ...keys, 'if-match': '*' } }],
    ['intake', '/consultations', { body: { ...said, message: message.repeat(20_000) } }],
    ['intake', '/claims', { body: { claimCode: `${code}-${path}` } }],
    ['intake', `/persons/${path}`, { as: 'aoi' }],
    ['intake', `/${path}/${encodeURIComponent(name)}?q=${query}`, { as: 'aoi' }],
    ['intake', `/consultations?queue=${query}&after=${query}`, { as: 'aoi' }],
    ['intake', `/failing/${encodeURIComponent(name)}?q=${query}`, {}],
    ['intake', '/consultations', { headers: { authorization: `Bearer ${header}` } }],
    ['consent', '/decisions', { as: 'aoi', body: { personId, purpose: code, action: code } }],
    ['consent', '/decisions', { as: 'aoi', body: { personId: code } }],
    ['referral', `/services?need=${query}&q=${query}`, { as: 'aoi' }],
    ['referral', `/referrals/${personId}/acceptance`, { as: 'yui', body: { note: message } }],
    ['follow-up', '/plans', { as: 'aoi', body: { personId, goals: message } }],
    ['journey', `/persons/${personId}/timeline?after=${query}`, { as: 'nagi' }],
    ['analytics', `/tables/${path}`, { as: 'akira' }],
  ];
  for (const [service, address, request] of asked) await call(service, address, request);
}

/** Which of the words stand in the text, as they are or as they travel. */
function leaksIn(text: string, words: readonly string[]): readonly string[] {
  return words.filter((word) => {
    const escaped = JSON.stringify(word).slice(1, -1);
    const ascii = escaped.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    const forms = [word, escaped, ascii, encodeURIComponent(word), Buffer.from(word).toString('base64').slice(0, -4)];
    return forms.some((form) => text.includes(form));
  });
}

const inSpans = (spans: ReturnType<RecordedTelemetry['spans']>): string =>
  JSON.stringify(
    spans.map((span) => [
      ...[span.name, span.attributes, span.events, span.status, span.spanContext().traceState?.serialize()],
      span.links.map((link) => [link.attributes, link.context.traceState?.serialize()]),
    ]),
  );
const personal = (): string[] => [...Object.values(WORDS), person.claimCode, person.token];
/** Who it is about is not told to operators either: neither by an id, nor which worker it was. */
const identifying = (): string[] => [...personal(), person.personId, '"aoi"', '"yui"'];

describe('what people write stays out of sight of those who run the machines', () => {
  it('in spans', () => {
    expect(telemetry.spans().length).toBeGreaterThan(200);
    expect(leaksIn(inSpans(telemetry.spans()), identifying())).toEqual([]);
  });

  it('in metrics', async () => {
    const metrics = await telemetry.metrics();
    expect(new Set(metrics.map(({ name }) => name)).size).toBeGreaterThan(8);
    expect(leaksIn(JSON.stringify(metrics), identifying())).toEqual([]);
  });

  it('in log lines, which are JSON and lead to their trace', () => {
    const logged = lines.map((line) => JSON.parse(line) as Row);
    expect(leaksIn(lines.join(''), identifying())).toEqual([]);
    const failed = logged.filter(({ code }) => code === 'internal');
    expect(failed.length).toBeGreaterThan(0);
    for (const { trace_id, span_id } of failed) {
      const span = telemetry.spans().find((one) => one.spanContext().spanId === span_id);
      expect(span?.spanContext().traceId).toBe(trace_id);
    }
  });

  it('in dead letters, whatever it was that failed', () => {
    expect(new Set(letters.map(({ reason }) => reason))).toEqual(new Set(['not-a-cloudevent', 'Error']));
    expect(leaksIn(JSON.stringify(letters), personal())).toEqual([]);
  });
});

describe('the check itself would find', () => {
  const leaking = (name: string, attributes = {}) => new Telemetry('leak').begin(name, { attributes });

  it.each<[string, () => { end(): void }]>([
    ['a name of a span', () => leaking(`look for ${WORDS.name}`)],
    ['an attribute', () => leaking('look', { who: WORDS.name })],
    ['an attribute that holds an address', () => leaking('look', { url: `/x?q=${encodeURIComponent(WORDS.name)}` })],
    ['an event', () => leaking('look').addEvent(WORDS.name)],
    ['an exception', () => leaking('look').addEvent('exception', { 'exception.message': WORDS.name })],
    ['a status', () => leaking('look').setStatus({ code: 2, message: WORDS.name })],
  ])('%s', (_, leak) => {
    const before = telemetry.spans().length;
    leak().end();
    const leaked = telemetry.spans().slice(before);
    expect(leaksIn(inSpans(leaked), personal())).toEqual([WORDS.name]);
  });

  it('a label of a metric', async () => {
    new Telemetry('leak').count('leaks', 'for the spec', { who: WORDS.name });
    expect(leaksIn(JSON.stringify(await telemetry.metrics()), personal())).toEqual([WORDS.name]);
  });

  it('a log line', () => {
    const before = lines.length;
    new Logger('leak').error({ what: WORDS.note });
    expect(leaksIn(lines.slice(before).join(''), personal())).toEqual([WORDS.note]);
  });
});
