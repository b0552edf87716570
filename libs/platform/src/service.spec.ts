import { Body, Controller, Get, Inject, Module, Param, Post } from '@nestjs/common';
import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  type Decider,
  type EventStore,
  handle,
  Rejection,
  type CommandContext,
  stateOf,
} from '@tsunagu/event-sourcing';
import { startServices, type TestServices } from '@tsunagu/testing';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { Allow, AllowService, type Asker, Context, CurrentActor, Public } from './access';
import type { ServiceDefinition } from './definition';
import { idFrom } from './ids';
import { EVENT_STORE } from './injection';
import { NotFound } from './problems';
import { startService } from './service';

type Counted = { type: 'Counted'; data: { by: number } };
type Count = { by: number };
const counter: Decider<Count, Counted, number> = {
  category: 'counter',
  initial: 0,
  evolve: (sum, { data }) => sum + data.by,
  decide: ({ by }, sum) => {
    if (sum + by > 100) throw new Rejection('too-much', 'The counter ends at 100.', 'by');
    return [{ type: 'Counted', data: { by } }];
  },
};

class HandleCounter {
  constructor(
    readonly id: string,
    readonly command: Count,
    readonly context: CommandContext,
  ) {}
}

@CommandHandler(HandleCounter)
class CounterHandler implements ICommandHandler<HandleCounter> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}
  execute({ id, command, context }: HandleCounter) {
    return handle(this.store, counter, id, command, context);
  }
}

class CountDto extends createZodDto(z.strictObject({ by: z.number().int().positive() })) {}

@Controller('counters')
class CounterController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  @Post()
  @Allow('caseworker')
  async create(@Body() body: CountDto, @Context() context: CommandContext): Promise<object> {
    const id = idFrom(context, 'counter');
    const { revision, state } = await this.commands.execute(new HandleCounter(id, body, context));
    return { id, revision, sum: state };
  }

  @Post(':id')
  @Allow('caseworker')
  async count(@Param('id') id: string, @Body() body: CountDto, @Context() context: CommandContext): Promise<object> {
    const { revision, state } = await this.commands.execute(new HandleCounter(id, body, context));
    return { id, revision, sum: state };
  }

  @Get('mine')
  @Public()
  mine(@CurrentActor() asker: Asker): Asker {
    return asker;
  }

  @Get('failing')
  @Public()
  failing(): never {
    throw new Error('canary: what somebody wrote');
  }

  @Get('ours')
  @AllowService('consent')
  ours(): object {
    return { ours: true };
  }

  @Get(':id')
  @Allow('caseworker')
  async read(@Param('id') id: string): Promise<object> {
    const { revision, state } = await stateOf(this.store, counter, id);
    if (revision < 0) throw new NotFound();
    return { id, revision, sum: state };
  }
}

@Module({ controllers: [CounterController], providers: [CounterHandler] })
class CounterModule {}

const counting: ServiceDefinition = {
  name: 'intake',
  title: 'Counting',
  description: 'A service small enough for a spec.',
  modules: [CounterModule],
};

let services: TestServices;
beforeAll(async () => {
  services = await startServices([counting]);
});
afterAll(() => services.close());

const create = (body: unknown, headers: Record<string, string> = {}) =>
  services.call('intake', '/counters', { as: 'aoi', body, headers });

describe('a command sent twice happens once', () => {
  it('answers the repeat as the first time', async () => {
    const first = await create({ by: 3 }, { 'idempotency-key': 'k1' });
    const second = await create({ by: 3 }, { 'idempotency-key': 'k1' });
    expect(first.status).toBe(201);
    expect(second.body).toEqual(first.body);
  });

  it('refuses the same key for something else', async () => {
    await create({ by: 3 }, { 'idempotency-key': 'k2' });
    const other = await create({ by: 4 }, { 'idempotency-key': 'k2' });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
  });

  it('once even when a hundred repeats race', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => create({ by: 5 }, { 'idempotency-key': 'k3' })),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1);
    expect(answers[0]?.body).toMatchObject({ revision: 0, sum: 5 });
  });
});

describe('no update is lost', () => {
  it('when many write one stream at once', async () => {
    const { body } = await create({ by: 1 });
    await Promise.all(
      Array.from({ length: 8 }, () => services.call('intake', `/counters/${body.id}`, { as: 'aoi', body: { by: 1 } })),
    );
    const read = await services.call('intake', `/counters/${body.id}`, { as: 'aoi' });
    expect(read.body).toEqual({ id: body.id, revision: 8, sum: 9 });
  });

  it('when the caller says what it has seen', async () => {
    const { body } = await create({ by: 1 });
    const stale = await services.call('intake', `/counters/${body.id}`, {
      as: 'aoi',
      body: { by: 1 },
      headers: { 'if-match': '"7"' },
    });
    expect([stale.status, stale.body.code]).toEqual([412, 'revision-mismatch']);
  });
});

describe('who may call', () => {
  it('nobody without a token', async () => {
    const answer = await services.call('intake', '/counters/x');
    expect([answer.status, answer.body.code, answer.headers.get('www-authenticate')]).toEqual([
      401,
      'unauthenticated',
      'Bearer',
    ]);
  });

  it('absent and forbidden look the same', async () => {
    const absent = await services.call('intake', '/counters/absent', { as: 'aoi' });
    const forbidden = await services.call('intake', '/counters/absent', { as: 'akira' });
    const noRoute = await services.call('intake', '/no/such/route', { as: 'aoi' });
    expect(absent.status).toBe(404);
    expect(forbidden.body).toEqual(absent.body);
    expect(noRoute.body).toEqual(absent.body);
  });

  it('only the named service on an internal route', async () => {
    expect((await services.call('intake', '/counters/ours', { as: { service: 'consent' } })).status).toBe(200);
    expect((await services.call('intake', '/counters/ours', { as: { service: 'referral' } })).status).toBe(404);
    expect((await services.call('intake', '/counters/ours', { as: 'aoi' })).status).toBe(404);
  });

  it('the token says who, also on a public route', async () => {
    expect((await services.call('intake', '/counters/mine', { as: 'mei' })).body).toEqual({
      user: 'mei',
      agency: 'tsumugi-support-center',
      roles: ['caseworker'],
    });
    expect((await services.call('intake', '/counters/mine')).body).toEqual({ user: 'anonymous', roles: [] });
  });

  it('a broken or foreign token is refused, never ignored', async () => {
    const answer = await services.call('intake', '/counters/mine', { headers: { authorization: 'Bearer nonsense' } });
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
  });

  it('a service with an unruled route does not start', async () => {
    @Controller('open')
    class Unruled {
      @Get()
      // eslint-disable-next-line house/route-names-its-callers -- what start-up must refuse
      read(): object {
        return {};
      }
    }
    @Module({ controllers: [Unruled] })
    class UnruledModule {}
    const config = {
      host: '127.0.0.1',
      port: 0,
      publicUrl: 'http://localhost',
      issuers: [],
      client: { id: 'x', secret: 'x', tokenUrl: 'http://localhost' },
      services: {},
      secrets: { fingerprintKey: '' },
      lagBound: 1,
      logLevel: 'silent' as const,
    };
    await expect(startService({ ...counting, modules: [UnruledModule] }, config)).rejects.toThrow(
      'does not say who may call it',
    );
  });
});

describe('bad input gets a clear problem, never a 500', () => {
  const send = (body: unknown, headers: Record<string, string> = {}) =>
    services.call('intake', '/counters', { as: 'aoi', body, headers });
  it.each([
    ['malformed JSON', '{"by":', {}, 400, 'malformed-request', undefined],
    ['a wrong type', { by: 'three' }, {}, 400, 'invalid-request', 'by'],
    ['a missing field', {}, {}, 400, 'invalid-request', 'by'],
    ['an unknown field', { by: 1, colour: 'red' }, {}, 400, 'invalid-request', 'colour'],
    ['no object', '[]', {}, 400, 'invalid-request', 'body'],
    ['another content type', 'by=1', { 'content-type': 'text/plain' }, 415, 'unsupported-media-type', undefined],
    ['a huge body', { by: 1, colour: 'x'.repeat(300_000) }, {}, 413, 'body-too-large', undefined],
    ['an impossible command', { by: 101 }, {}, 409, 'too-much', 'by'],
    [
      'an Idempotency-Key of 201 characters',
      { by: 1 },
      { 'idempotency-key': 'x'.repeat(201) },
      400,
      'invalid-idempotency-key',
      'Idempotency-Key',
    ],
  ])('%s', async (_, body, headers, status, code, field) => {
    const answer = await send(body, headers);
    expect([answer.status, answer.body.code, answer.body.field]).toEqual([status, code, field]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body.detail.length).toBeGreaterThan(10);
  });

  it('an address longer than any of ours', async () => {
    const answer = await services.call('intake', `/counters/${'x'.repeat(500)}`, { as: 'aoi' });
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(JSON.stringify(answer.body)).not.toContain('xxx');
  });

  it('a fault of ours says nothing of its cause', async () => {
    const answer = await services.call('intake', '/counters/failing');
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain('canary');
  });
});

describe('health tells the truth', () => {
  it('live and ready', async () => {
    expect((await services.call('intake', '/health/live')).status).toBe(200);
    expect((await services.call('intake', '/health/ready')).body).toEqual({
      ready: true,
      checks: { work: 'ok', database: 'ok', events: 'ok', bus: 'ok', keys: 'ok', lag: 'ok' },
    });
  });
});
